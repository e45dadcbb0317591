import { createHmac, randomBytes } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { makeCallers } from './callers.ts'
import { ACCOUNT_SID, type Ask, AUTH_TOKEN, BUSINESS, type FromLoad, type Outcome } from './scene.ts'

/**
 * The part of Twilio that a missed call needs, in its own process: signed webhooks out, Messages.json in, receipts out.
 * It is as light as possible, because it shares the machine with what it measures.
 */

/** A call without a text after this long is given up. */
const TEXTLESS_MS = 30_000

/** The receipt `sent` comes this long after a text was accepted, `delivered` this long after `sent` was answered. */
const RECEIPT_MS = 10

/** More than the calls at once, because each has up to two webhooks open. */
const CONNECTIONS = 256

type Call = {
  sid: string
  from: string
  /** Called when the text has come and both its receipts are answered. */
  texted: () => void
  hungUpAt: number
  textedAt: number
}

const callers = makeCallers()
const calls = new Map<string, Call>()
const hiccups = { refused: 0, textless: 0, doubled: 0 }
const pools = new Map<string, Pool>()

const carrier = createServer((request, response) => {
  const arrivedAt = performance.now()
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://carrier')
    if (request.method === 'POST' && pathname.endsWith('/Messages.json')) takeText(body, arrivedAt, response)
    else if (pathname.endsWith('/IncomingPhoneNumbers.json')) answer(response, 200, numberList(searchParams))
    else if (pathname.endsWith('/Calls.json')) answer(response, 200, { calls: [], page: 0, next_page_uri: null })
    else answer(response, 200, { sid: 'PN00000000000000000000000000be9c40' })
  })
})
// Longer than any pause between phases, so that a rival's pooled connection meets no socket that is just closing.
carrier.keepAliveTimeout = 300_000

function numberList(query: URLSearchParams) {
  const number = { sid: 'PN00000000000000000000000000be9c40', phone_number: query.get('PhoneNumber') ?? BUSINESS }
  return { incoming_phone_numbers: [number], page: 0, next_page_uri: null }
}

function answer(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body)
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text)
}

function takeText(body: string, arrivedAt: number, response: ServerResponse): void {
  const form = new URLSearchParams(body)
  const to = form.get('To') ?? ''
  const sid = `SM${randomBytes(16).toString('hex')}`
  const now = new Date().toUTCString().replace('GMT', '+0000')
  const path = `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${sid}`
  answer(response, 201, {
    account_sid: ACCOUNT_SID,
    api_version: '2010-04-01',
    body: form.get('Body'),
    date_created: now,
    date_sent: null,
    date_updated: now,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: form.get('From'),
    messaging_service_sid: null,
    num_media: '0',
    num_segments: '1',
    price: null,
    price_unit: 'USD',
    sid,
    status: 'queued',
    subresource_uris: { media: `${path}/Media.json` },
    to,
    uri: `${path}.json`,
  })
  const call = calls.get(to)
  if (!call || call.textedAt > 0) {
    hiccups.doubled++
    return
  }
  call.textedAt = arrivedAt
  void bringReceipts(call, sid, (form.get('StatusCallback') ?? '').split('#')[0]!)
}

async function bringReceipts(call: Call, sid: string, url: string): Promise<void> {
  for (const status of ['sent', 'delivered']) {
    await sleep(RECEIPT_MS)
    await post(url, {
      AccountSid: ACCOUNT_SID,
      ApiVersion: '2010-04-01',
      From: BUSINESS,
      MessageSid: sid,
      MessageStatus: status,
      SmsSid: sid,
      SmsStatus: status,
      To: call.from,
    })
  }
  call.texted()
}

/** One missed call from the first webhook to the last receipt: voice, the caller gives up, the text, its receipts. */
async function makeCall(hooks: string, ringMs: number): Promise<Call> {
  const call: Call = {
    sid: `CA${randomBytes(16).toString('hex')}`,
    from: callers(),
    texted: () => {},
    hungUpAt: 0,
    textedAt: 0,
  }
  const texted = new Promise<void>((resolve) => {
    call.texted = resolve
  })
  calls.set(call.from, call)
  await post(`${hooks}/voice`, callFields(call, 'ringing'))
  if (ringMs > 0) await sleep(ringMs)
  call.hungUpAt = performance.now()
  const timer = setTimeout(() => {
    hiccups.textless++
    call.texted()
  }, TEXTLESS_MS)
  const timestamp = new Date().toUTCString().replace('GMT', '+0000')
  const ended = { CallDuration: '0', Timestamp: timestamp, CallbackSource: 'call-progress-events', SequenceNumber: '0' }
  await Promise.all([texted, post(`${hooks}/status`, { ...callFields(call, 'no-answer'), ...ended })])
  clearTimeout(timer)
  calls.delete(call.from)
  return call
}

/** The fields that Twilio sends with every webhook of a call. */
function callFields(call: Call, status: string): Record<string, string> {
  const fields: Record<string, string> = {
    AccountSid: ACCOUNT_SID,
    ApiVersion: '2010-04-01',
    CallSid: call.sid,
    CallStatus: status,
    Direction: 'inbound',
    From: call.from,
    To: BUSINESS,
    Caller: call.from,
    Called: BUSINESS,
    StirVerstat: 'TN-Validation-Passed-A',
  }
  for (const side of ['From', 'Caller', 'To', 'Called'])
    Object.assign(fields, {
      [`${side}City`]: 'WASHINGTON',
      [`${side}State`]: 'DC',
      [`${side}Zip`]: '20001',
      [`${side}Country`]: 'US',
    })
  return fields
}

async function post(url: string, fields: Record<string, string>): Promise<void> {
  const { origin, pathname } = new URL(url)
  let pool = pools.get(origin)
  if (!pool) {
    pool = new Pool(origin, { connections: CONNECTIONS })
    pools.set(origin, pool)
  }
  let signed = url
  for (const name of Object.keys(fields).sort()) signed += name + fields[name]
  const reply = await pool.request({
    method: 'POST',
    path: pathname,
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'user-agent': 'TwilioProxy/1.1',
      'x-twilio-signature': createHmac('sha1', AUTH_TOKEN).update(signed).digest('base64'),
    },
    body: new URLSearchParams(fields).toString(),
  })
  if (reply.statusCode >= 300) hiccups.refused++
  await reply.body.dump()
}

async function carryOut(ask: Ask): Promise<Outcome> {
  Object.assign(hiccups, { refused: 0, textless: 0, doubled: 0 })
  const measured: Call[] = []
  const begin = performance.now() + ask.warmUpSeconds * 1000
  const end = begin + ask.seconds * 1000
  const marks = Promise.all([mark(begin, 'measuring'), mark(end, 'measured')])
  if (ask.do === 'full') {
    const one = async () => {
      while (performance.now() < end) {
        const call = await makeCall(ask.hooks, 0)
        const now = performance.now()
        if (now >= begin && now < end) measured.push(call)
      }
    }
    await Promise.all(Array.from({ length: ask.callsAtOnce }, one))
  } else {
    const underWay: Promise<void>[] = []
    for (let at = performance.now(); at < end; at += pause(ask.callsPerSecond)) {
      const late = at - performance.now()
      if (late > 0) await sleep(late)
      // A second of ringing, so that other calls arrive between the webhooks of this one.
      underWay.push(makeCall(ask.hooks, 1000).then((call) => void (at >= begin && measured.push(call))))
    }
    await Promise.all(underWay)
  }
  await marks
  const latencies = measured.filter((call) => call.textedAt > 0).map((call) => call.textedAt - call.hungUpAt)
  return {
    calls: measured.length,
    seconds: ask.seconds,
    latencies: latencies.sort((a, b) => a - b),
    hiccups: { ...hiccups },
  }
}

/** Milliseconds between two callers: exponential, because callers are independent, so some come at once. */
const pause = (perSecond: number) => (-Math.log(1 - Math.random()) / perSecond) * 1000

async function mark(at: number, say: 'measuring' | 'measured'): Promise<void> {
  await sleep(Math.max(0, at - performance.now()))
  report({ say })
}

function report(message: FromLoad): void {
  process.send?.(message)
}

process.on('message', async (ask: Ask) => report({ say: 'done', outcome: await carryOut(ask) }))
process.on('disconnect', () => process.exit())
carrier.listen(0, '127.0.0.1', () =>
  report({ say: 'ready', carrierUrl: `http://127.0.0.1:${(carrier.address() as AddressInfo).port}` }),
)
