import type { TwilioAccount } from '../accounts.ts'
import type { Leg } from '../calls.ts'
import type { Reply } from '../courier.ts'
import type { Network } from '../network.ts'
import { dial } from './dial.ts'
import { callParams } from './params.ts'
import { record } from './recordings.ts'
import { type Element, parseTwiml, TwimlError } from './twiml.ts'
import { sendWebhook } from './webhooks.ts'

/** The leg on which a script runs, and what the script may use. */
export type Host = {
  network: Network
  account: TwilioAccount
  leg: Leg
  /** The number's VoiceFallbackUrl, asked when a page gives no readable document. */
  fallback: { url: string | undefined; method: string | undefined }
  /** How the last Dial ended: the status of a call that nobody answered. */
  dialStatus: string | null
}

export type Page = { url: string; method: string | undefined; params: Record<string, string> }

/** `finished`: the document ran out; `over`: the leg ended under it; `failed`: no readable document. */
export type ScriptEnd = 'finished' | 'hangup' | 'rejected' | 'over' | 'failed'

/** A voice speaks a character in about 60 ms. */
const msPerCharacter = 60

/** Runs TwiML on a leg, from page to page, until it ends. */
export async function runScript(host: Host, first: Page): Promise<ScriptEnd> {
  for (let page = first; ; ) {
    const verbs = await fetchVerbs(host, page)
    if (isOver(host)) return 'over'
    if (!verbs) return 'failed'
    const next = await runVerbs(host, verbs, page.url)
    if (typeof next === 'string') return next
    page = next
  }
}

async function runVerbs(host: Host, verbs: Element[], base: string): Promise<Page | ScriptEnd> {
  for (const [i, verb] of verbs.entries()) {
    if (verb.name === 'Reject' && i === 0 && host.leg.state === 'ringing') {
      host.dialStatus = verb.attributes.reason === 'busy' ? 'busy' : 'no-answer'
      return 'rejected'
    }
    if (verb.name === 'Hangup') return 'hangup'
    const next = await runVerb(host, verb, base)
    if (isOver(host)) return 'over'
    if (next) return next
  }
  return 'finished'
}

/** Returns the page on which the script continues; null continues with the next verb. */
async function runVerb(host: Host, verb: Element, base: string): Promise<Page | null> {
  const { leg, network } = host
  const follow = (params: Record<string, string>): Page => ({
    url: verb.attributes.action ? resolveUrl(verb.attributes.action, base) : base,
    method: verb.attributes.method,
    params,
  })
  switch (verb.name) {
    case 'Say':
    case 'Play':
    case 'Pause': {
      // A Pause as the first verb delays the answer; the others need an answered call.
      if (verb.name !== 'Pause') network.calls.markAnswered(leg)
      await perform(host, verb, leg.over.signal)
      if (!isOver(host)) network.calls.markAnswered(leg)
      return null
    }
    case 'Redirect':
      return { url: resolveUrl(verb.text, base), method: verb.attributes.method, params: {} }
    case 'Gather': {
      network.calls.markAnswered(leg)
      const digits = await gather(host, verb)
      return digits === '' && verb.attributes.actionOnEmptyResult !== 'true' ? null : follow({ Digits: digits })
    }
    case 'Record': {
      network.calls.markAnswered(leg)
      const saved = await record(host, verb, base)
      if (!isOver(host)) return follow(saved)
      void ask(host, follow({ ...saved, Digits: 'hangup' }), 'notice')
      return null
    }
    case 'Dial': {
      if (verb.attributes.answerOnBridge !== 'true') network.calls.markAnswered(leg)
      const result = await dial(host, verb, base)
      host.dialStatus = result.params.DialCallStatus ?? null
      if (!verb.attributes.action) return null
      if (!isOver(host)) return follow(result.params)
      // The caller gave up before anybody answered: the sources disagree whether the action is still called.
      const callsAction = result.bridged || network.settings.twilioCallerGivesUp === 'canceled'
      if (callsAction) void ask(host, follow(result.params), 'notice')
      return null
    }
    default:
      warn(host, `Twilio warning 12200: <${verb.name}> is no verb of this network; skipped`)
      return null
  }
}

/** Speaks, plays or pauses until it is done, or until the signal. */
async function perform(host: Host, verb: Element, signal: AbortSignal) {
  const { clock, calls } = host.network
  if (verb.name === 'Say') {
    calls.note(host.leg.call, `${personOn(host.leg)} hears: ${verb.text}`)
    await clock.sleep(verb.text.length * msPerCharacter, signal)
  } else await clock.sleep(verb.name === 'Play' ? 1000 : Number(verb.attributes.length ?? 1) * 1000, signal)
}

/** The digits pressed: until numDigits, the finishing key, or a silence of `timeout` seconds after the prompt. */
async function gather(host: Host, verb: Element): Promise<string> {
  const { leg, network } = host
  const { numDigits, timeout = '5', finishOnKey = '#' } = verb.attributes
  const pressed = new AbortController()
  const prompt = AbortSignal.any([leg.over.signal, pressed.signal])
  let digits = ''
  let complete: (() => void) | null = null
  leg.on.digits = (more) => {
    for (const digit of more) {
      if (digit === finishOnKey) complete?.()
      else if (digits.length < Number(numDigits ?? 128)) digits += digit
    }
    if (digits.length >= Number(numDigits ?? 128)) complete?.()
    pressed.abort()
  }
  const done = new AbortController()
  complete = () => done.abort()
  for (const child of verb.children) {
    if (!prompt.aborted && ['Say', 'Play', 'Pause'].includes(child.name)) await perform(host, child, prompt)
  }
  for (let before = -1; before !== digits.length && !done.signal.aborted && !leg.over.signal.aborted; ) {
    before = digits.length
    await network.clock.sleep(Number(timeout) * 1000, AbortSignal.any([leg.over.signal, done.signal]))
  }
  delete leg.on.digits
  return digits
}

async function fetchVerbs(host: Host, page: Page): Promise<Element[] | null> {
  const verbs = readReply(await ask(host, page, 'question'))
  if (Array.isArray(verbs)) return verbs
  warn(host, `Twilio error ${verbs.code}: ${verbs.message} (${page.url.split('#')[0]})`)
  const { url, method } = host.fallback
  if (!url || isOver(host)) return null
  const params = { ...page.params, ErrorCode: String(verbs.code), ErrorUrl: page.url.split('#')[0] ?? '' }
  const second = readReply(await ask(host, { url, method, params }, 'question'))
  if (Array.isArray(second)) return second
  warn(host, `Twilio error ${second.code}: ${second.message} (fallback)`)
  return null
}

export function ask(host: Host, page: Page, kind: 'question' | 'notice'): Promise<Reply> {
  const { network, account, leg } = host
  const params = { ...callParams(leg, account), ...page.params }
  return sendWebhook(network, account, { key: leg.call.id, kind, url: page.url, method: page.method }, params)
}

/** The verbs of an answer; plain text is spoken (or texted back). */
export function readReply(reply: Reply): Element[] | TwimlError {
  if (!reply.ok) return new TwimlError(reply.why === 'timeout' ? 11205 : 11200, `no answer: ${reply.detail}`)
  if (reply.status >= 400) return new TwimlError(11200, `the app answered ${reply.status}`)
  if (reply.body.trim() === '') return []
  if (reply.contentType.startsWith('text/plain')) {
    return [{ name: 'Say', attributes: {}, children: [], text: reply.body.trim() }]
  }
  if (!/xml|html/.test(reply.contentType)) return new TwimlError(12300, `unusable content type ${reply.contentType}`)
  try {
    return parseTwiml(reply.body)
  } catch (error) {
    if (error instanceof TwimlError) return error
    throw error
  }
}

/** An absolute URL stays as it was written: its signature is over these characters. */
export function resolveUrl(url: string, base: string): string {
  return /^https?:/i.test(url) ? url : new URL(url, base).toString()
}

/** What Twilio would show in its debugger. */
export function warn({ network, leg }: Host, what: string) {
  network.calls.note(leg.call, what)
  network.wire.remark('twilio', `${leg.id}: ${what}`)
}

function isOver(host: Host): boolean {
  return host.leg.over.signal.aborted
}

function personOn(leg: Leg): string {
  return leg.role === 'caller' ? leg.from : leg.to
}
