/**
 * bin/call: somebody calls the demo business and nobody answers. Prints each step with its time, up to the text on the
 * caller's phone and why it was sent. Talks only HTTP, to the simulated phone network and to Textback.
 */
import { createHmac, randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

const usage = `bin/call [--on main|sales|pbx] [--from +13125550143] [--seconds 4] [--answer]
  --on       which line is called: main (Twilio, rings Mike first), sales (Telnyx, missed calls only),
             pbx (a PBX that reports a missed call of the main line by webhook)
  --from     the caller; a new one each time when not given
  --seconds  how long it rings before the caller hangs up
  --answer   Mike picks up: no text`

const textback = process.env.TEXTBACK_URL ?? 'http://127.0.0.1:3000'
const network = process.env.SIMULATOR_URL ?? 'http://127.0.0.1:4009'
const key = 'tb_demo_key_of_acme_hvac'

const NUMBERS = { main: '+12025550100', sales: '+12025550101', pbx: '+12025550100' }
const MIKE = '+12025550111'
const PBX_SECRET = 'demo-secret-of-the-pbx'

class Complaint extends Error {}

type Options = { on: keyof typeof NUMBERS; from: string; seconds: number; answer: boolean }

async function main(): Promise<void> {
  const options = readOptions()
  const number = NUMBERS[options.on]
  const began = Date.now()
  const report = (what: string) => console.log(`${((Date.now() - began) / 1000).toFixed(2).padStart(6)} s  ${what}`)

  const before = await received(options.from)
  const earlier = await callsOf(number, options.from)
  report(`${options.from} calls Acme HVAC at ${number}`)
  const endedAt =
    options.on === 'pbx' ? await reportCall(options, report) : await ringAndHangUp(options, number, report)

  const call = await untilDecided(number, options.from, earlier)
  report(`Textback decided ${since(endedAt)} after the hang-up: ${call.decision.action} (${call.decision.reason})`)
  if (call.decision.action === 'send') {
    const phone = await ask<Phone>(
      network,
      `/phones/${encodeURIComponent(options.from)}?messages=${before + 1}&waitMs=15000`,
    )
    const text = phone.messages.filter((m) => m.direction === 'received').at(-1)
    if (!text || phone.messages.length <= before) throw new Complaint('The text did not arrive within 15 s.')
    report(`the text is on the phone, ${since(endedAt)} after the hang-up`)
    console.log(`\n  from ${text.from}\n  “${text.body}”`)
  }
  console.log('\nWhy?')
  for (const check of call.decision.checks) console.log(`  ${check.passed ? '✓' : '✗'} ${check.sentence}`)
  console.log(`\nAll of it: curl -H 'authorization: Bearer ${key}' ${textback}/api/v1/calls/${call.id}`)
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      on: { type: 'string', default: 'main' },
      from: { type: 'string', default: `+1312555${String(randomInt(100, 200)).padStart(4, '0')}` },
      seconds: { type: 'string', default: '4' },
      answer: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  const seconds = Number(values.seconds)
  if (!(values.on in NUMBERS)) throw new Complaint(`There is no line "${values.on}".\n${usage}`)
  if (!(seconds >= 0 && seconds <= 60)) throw new Complaint(`--seconds is 0 to 60.\n${usage}`)
  return { on: values.on as Options['on'], from: values.from, seconds, answer: values.answer }
}

async function ringAndHangUp(options: Options, number: string, report: (what: string) => void): Promise<number> {
  const call = await ask<{ id: string }>(network, '/calls', { from: options.from, to: number })
  report('it rings …')
  await pause(options.seconds * 1000)
  if (options.answer) {
    await ask(network, `/calls/${call.id}/answer`, { phone: MIKE })
    report('Mike picks up')
    await pause(1500)
  }
  await ask(network, `/calls/${call.id}/hangup`, {})
  report(options.answer ? 'they hang up' : 'nobody answers, the caller hangs up')
  return Date.now()
}

async function reportCall(options: Options, report: (what: string) => void): Promise<number> {
  const endedAt = Date.now()
  const body = JSON.stringify({
    id: `pbx-${endedAt}`,
    from: options.from,
    to: NUMBERS.pbx,
    started_at: new Date(endedAt - options.seconds * 1000).toISOString(),
    ended_at: new Date(endedAt).toISOString(),
    outcome: options.answer ? 'answered' : 'no_answer',
  })
  const timestamp = String(Math.floor(endedAt / 1000))
  const answer = await fetch(`${textback}/hooks/generic/acme/pbx/calls`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-textback-timestamp': timestamp,
      'x-textback-signature': createHmac('sha256', PBX_SECRET).update(`${timestamp}.${body}`).digest('hex'),
    },
    body,
  })
  if (!answer.ok) throw new Complaint(`The PBX's webhook was refused: ${answer.status} ${await answer.text()}`)
  report('the PBX reports the call by its signed webhook')
  return endedAt
}

type Phone = { messages: { direction: string; from: string; body: string }[] }
type Decision = { action: string; reason: string; checks: { passed: boolean; sentence: string }[] }
type Call = { id: string; decision: Decision | null }
type Decided = Call & { decision: Decision }

async function received(phone: string): Promise<number> {
  const { messages } = await ask<Phone>(network, `/phones/${encodeURIComponent(phone)}`)
  return messages.filter((m) => m.direction === 'received').length
}

async function callsOf(number: string, from: string): Promise<Call[]> {
  const filter = `number=${encodeURIComponent(number)}&from=${encodeURIComponent(from)}`
  return (await ask<{ data: Call[] }>(textback, `/api/v1/calls?limit=50&${filter}`)).data
}

async function untilDecided(number: string, from: string, earlier: Call[]): Promise<Decided> {
  const deadline = Date.now() + 15_000
  while (Date.now() < deadline) {
    const call = (await callsOf(number, from)).find((c) => c.decision && !earlier.some((e) => e.id === c.id))
    if (call) return call as Decided
    await pause(20)
  }
  throw new Complaint('Textback heard nothing of the call within 15 s. Is it the one that this network calls?')
}

async function ask<T>(base: string, path: string, body?: object): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(base + path, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(base === textback && { authorization: `Bearer ${key}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
  } catch {
    throw new Complaint(`Nothing answers at ${base}. Start Textback with bin/start in another terminal first.`)
  }
  if (!answer.ok) throw new Complaint(`${base}${path} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}

const since = (time: number) => `${((Date.now() - time) / 1000).toFixed(2)} s`

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

main().catch((error) => {
  console.error(error instanceof Complaint || error?.code?.startsWith('ERR_PARSE_ARGS') ? error.message : error)
  process.exit(1)
})
