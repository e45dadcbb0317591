import { createHmac, randomUUID } from 'node:crypto'
import type { TwilioAccount } from '../accounts.ts'
import type { Reply } from '../courier.ts'
import type { Network } from '../network.ts'

/**
 * Sends a webhook of Twilio: a signed form, tried again as the URL's fragment asks (`#rc=3&rp=5xx,ct,rt`). Without a
 * fragment it is tried once more, and only when the connection failed. Returns the last reply.
 */
export function sendWebhook(
  network: Network,
  account: TwilioAccount,
  hook: { key: string; kind: 'question' | 'notice'; url: string; method: string | undefined },
  params: Record<string, string>,
): Promise<Reply> {
  return network.courier.deliver(hook.key, hook.kind, () => attempt(network, account, hook, params))
}

async function attempt(
  network: Network,
  account: TwilioAccount,
  hook: { url: string; method: string | undefined },
  params: Record<string, string>,
): Promise<Reply> {
  const { target, rules } = readRules(hook.url)
  const isGet = hook.method?.toUpperCase() === 'GET'
  const url = isGet ? withQuery(target, params) : target
  const headers: Record<string, string> = {
    'user-agent': 'TwilioProxy/1.1',
    accept: '*/*',
    'i-twilio-idempotency-token': randomUUID(),
    'x-twilio-signature': sign(account.authToken, url, isGet ? {} : params),
  }
  if (!isGet) headers['content-type'] = 'application/x-www-form-urlencoded; charset=UTF-8'
  const letter = {
    face: 'twilio' as const,
    method: isGet ? ('GET' as const) : ('POST' as const),
    url,
    headers,
    body: isGet ? '' : new URLSearchParams(params).toString(),
    connectMs: rules.connectMs,
  }
  const deadline = performance.now() + rules.totalMs
  let reply: Reply
  for (let tries = 0; ; tries++) {
    const left = deadline - performance.now()
    const note = tries > 0 ? { note: `retry ${tries}` } : {}
    reply = await network.courier.post({ ...letter, answerMs: Math.min(rules.readMs, left), ...note })
    const again = tries < rules.retries && deadline - performance.now() > 0 && rules.policies.has(faultOf(reply))
    if (!again) return reply
  }
}

type Rules = { retries: number; policies: Set<string>; connectMs: number; readMs: number; totalMs: number }

/** The retry rules in a URL's fragment; numbers outside Twilio's bounds are set to the nearest bound. */
export function readRules(url: string): { target: string; rules: Rules } {
  const [target = '', fragment = ''] = url.split('#')
  const given = new URLSearchParams(fragment)
  const number = (name: string, standard: number, low: number, high: number) => {
    const value = Number(given.get(name) ?? Number.NaN)
    return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : standard
  }
  const policies = new Set((given.get('rp') ?? 'ct').split(','))
  if (policies.has('all')) for (const policy of ['4xx', '5xx', 'ct', 'rt']) policies.add(policy)
  return {
    target,
    rules: {
      retries: number('rc', 1, 0, 5),
      policies,
      connectMs: number('ct', 5000, 100, 10_000),
      readMs: number('rt', 15_000, 100, 15_000),
      totalMs: number('tt', 15_000, 100, 15_000),
    },
  }
}

/** The retry policy for a reply; '' means success. */
function faultOf(reply: Reply): string {
  if (!reply.ok) return reply.why === 'timeout' ? 'rt' : 'ct'
  if (reply.status >= 500) return '5xx'
  return reply.status >= 400 ? '4xx' : ''
}

/** Twilio's signature: the URL without fragment, then every parameter's name and value in the order of the names. */
export function sign(authToken: string, url: string, params: Record<string, string>): string {
  let data = url
  for (const name of Object.keys(params).sort()) data += name + params[name]
  return createHmac('sha1', authToken).update(data).digest('base64')
}

function withQuery(url: string, params: Record<string, string>): string {
  return `${url}${url.includes('?') ? '&' : '?'}${new URLSearchParams(params)}`
}
