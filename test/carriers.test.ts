import assert from 'node:assert/strict'
import { createHmac, createPrivateKey, sign } from 'node:crypto'
import { after, test } from 'node:test'
import { demoTelnyx, demoTwilio } from '../simulator/demo.ts'
import { startSimulator } from '../simulator/simulator.ts'
import type { Connection } from '../src/domain/connection.ts'
import { type Subject, TARGET, vendorConformance } from '../src/vendors/conformance.ts'
import type { Hook } from '../src/vendors/vendor.ts'
import { makeVendors } from '../src/vendors/vendors.ts'
import type { Ending } from '../src/voice/conformance.ts'

// A silent carrier costs the suite this long instead of the real limit.
const ANSWER_WITHIN_MS = 400
const LANDLINE = '+12025550190'

const { vendors, close } = makeVendors({ answerWithinMs: ANSWER_WITHIN_MS })
after(close)
const untested = new Set(vendors.keys())

function tryVendor(
  kind: string,
  has: { signsTime: boolean; variant?: string },
  setup: (hooksUrl: string) => Promise<Subject>,
): void {
  untested.delete(kind)
  vendorConformance([kind, has.variant].filter(Boolean).join(', '), vendors.get(kind)!, has, setup)
}

// Sources disagree about what Twilio sends when a caller gives up, so each way must end in the same decision.
for (const givesUp of ['canceled', 'no-action', 'no-answer'])
  tryVendor('twilio', { signsTime: false, variant: givesUp }, () => onTwilio(givesUp))

async function onTwilio(twilioCallerGivesUp: string): Promise<Subject> {
  const world = await startWorld({ twilioCallerGivesUp })
  const { accountSid, authToken, number } = demoTwilio
  const connection = connectionOf('twilio', { accountSid, authToken }, world.twilioUrl)
  return {
    connection,
    withoutSecret: { ...connection, credentials: { accountSid } },
    sign(path, body, at) {
      const hook = hookOf(connection, path, body, at)
      const fields = [...new URLSearchParams(body)].sort(([a], [b]) => (a < b ? -1 : 1))
      const signed = hook.url + fields.map(([name, value]) => name + value).join('')
      const signature = createHmac('sha1', authToken).update(signed).digest('base64')
      return { ...hook, headers: { 'x-twilio-signature': signature } }
    },
    sample: {
      path: 'voice',
      body: `CallSid=CA00000000000000000000000000000001&From=%2B12025550143&To=${encodeURIComponent(number)}&CallStatus=ringing`,
    },
    unknownEvents: [
      {
        path: 'status',
        body: `CallSid=CA00000000000000000000000000000001&To=${encodeURIComponent(number)}&CallStatus=in-progress`,
      },
      { path: 'receipt/m1', body: 'MessageSid=SM00000000000000000000000000000001&MessageStatus=pondering' },
      { path: 'hologram', body: 'CallSid=CA00000000000000000000000000000001' },
    ],
    wrongCredentials: { ...connection, credentials: { accountSid, authToken: 'a-token-of-yesterday' } },
    ...world.ports(number, /\/Messages\.json$/),
    stop: world.stop,
  }
}

tryVendor('telnyx', { signsTime: true }, async () => {
  const world = await startWorld()
  const { apiKey, publicKey, privateKeySeed, number } = demoTelnyx
  const connection = connectionOf('telnyx', { apiKey, publicKey }, world.telnyxUrl)
  const event = (type: string, payload: object) => JSON.stringify({ data: { event_type: type, id: 'e1', payload } })
  return {
    connection,
    withoutSecret: { ...connection, credentials: { apiKey } },
    sign(path, body, at) {
      const timestamp = String(Math.floor(at.getTime() / 1000))
      const signature = sign(null, Buffer.from(`${timestamp}|${body}`), privateKeyOf(privateKeySeed)).toString('base64')
      const headers = { 'telnyx-timestamp': timestamp, 'telnyx-signature-ed25519': signature }
      return { ...hookOf(connection, path, body, at), headers }
    },
    sample: {
      path: 'events',
      body: event('call.initiated', { call_session_id: 's1', to: number, client_state: null }),
    },
    unknownEvents: [
      { path: 'events', body: event('call.machine.detection.ended', { call_session_id: 's1' }) },
      { path: 'receipt/m1', body: event('message.finalized', { id: 't1', to: [{ status: 'pondering' }] }) },
    ],
    wrongCredentials: { ...connection, credentials: { apiKey: 'KEY_of_yesterday', publicKey } },
    ...world.ports(number, /\/v2\/messages$/),
    stop: world.stop,
  }
})

tryVendor('generic', { signsTime: true }, async (hooksUrl) => {
  const secret = 'a secret of sixteen letters and more'
  const connection = connectionOf('generic', { secret }, null)
  const ours = '+12025550102'
  const configure = vendors.get('generic')!.setup!.configureNumber!
  // A person would type this address into the phone system.
  const { steps } = await configure(connection, ours, hooksUrl, { calls: true, texts: false })
  const address = steps[0]!.value

  function signed(path: string, body: string, at: Date): Hook {
    const timestamp = String(Math.floor(at.getTime() / 1000))
    const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
    const headers = { 'x-textback-timestamp': timestamp, 'x-textback-signature': signature }
    return { ...hookOf(connection, path, body, at), headers }
  }

  return {
    connection,
    withoutSecret: { ...connection, credentials: {} },
    wrongCredentials: null,
    sign: signed,
    sample: { path: 'calls', body: '{"id":"1"}' },
    unknownEvents: [{ path: 'voicemails', body: '{"id":"1"}' }],
    voice: {
      ours,
      async call(from, how) {
        const outcome = { answered: 'answered', no_answer: 'no_answer', busy: 'busy', caller_gave_up: 'canceled' }[how]
        const times = { started_at: '2026-11-20T17:00:00Z', ended_at: '2026-11-20T17:00:20Z' }
        const body = JSON.stringify({ id: `pbx-${from}`, from, to: ours, ...times, outcome })
        const { headers } = signed('calls', body, new Date())
        const answer = await fetch(address, { method: 'POST', body, headers: headers as Record<string, string> })
        if (!answer.ok) throw new Error(`The door answered ${answer.status}`)
      },
    },
    channels: {},
    setup: { ours },
    stop: async () => {},
  }
})

test('no vendor is left out', () => assert.deepEqual([...untested], []))

/** The simulator at 100 times the speed, with the functions that the suite needs. */
async function startWorld(settings: object = {}) {
  const simulator = await startSimulator()
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(simulator.url + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    // biome-ignore lint/suspicious/noExplicitAny: the simulator's JSON, read in a few places
    return (await answer.json()) as any
  }
  await ask('PUT', '/clock', { speed: 100 })
  await ask('PUT', '/settings', settings)
  await ask('PUT', `/phones/${encodeURIComponent(LANDLINE)}`, { kind: 'landline' })

  const whenCalled = { answered: 'answer', no_answer: 'ring', busy: 'busy', caller_gave_up: 'ring' } as const
  const listsReadable = async (readable: boolean) => ask('PUT', '/settings', { listsReadable: readable })
  const webhooksArrive = async (arrive: boolean) => ask('PUT', '/settings', { webhooks: arrive })

  async function call(from: string, to: string, how: Ending) {
    await ask('PUT', `/phones/${encodeURIComponent(TARGET)}`, { whenCalled: whenCalled[how] })
    const { id } = await ask('POST', '/calls', { from, to })
    if (how === 'answered') await ask('GET', `/calls/${id}?state=in_progress&waitMs=5000`)
    // When nobody answers the webhooks, the network ends the call.
    const over = (await ask('GET', `/calls/${id}`)).state === 'ended'
    if (!over && (how === 'answered' || how === 'caller_gave_up')) await ask('POST', `/calls/${id}/hangup`)
    const { state } = await ask('GET', `/calls/${id}?state=ended&waitMs=5000`)
    if (state !== 'ended') throw new Error(`The call is still ${state}`)
  }

  return {
    twilioUrl: simulator.twilioUrl,
    telnyxUrl: simulator.telnyxUrl,
    stop: simulator.stop,

    /** The parts for the suites of the ports; requests to send are those whose address ends in `sendPath`. */
    ports: (ours: string, sendPath: RegExp): Pick<Subject, 'voice' | 'channels' | 'setup'> => ({
      voice: { ours, call: (from, how) => call(from, ours, how), listsReadable, webhooksArrive },
      channels: {
        sms: {
          ours,
          somebody: (n) => `+1202555013${n}`,
          deadEnd: { address: LANDLINE, kind: 'landline' },
          write: (from, body) => ask('POST', '/messages', { from, to: ours, body }),
          next: async (fault) => ask('POST', '/faults/next', { what: fault === 'cut' ? 'refuse' : fault }),
          async sendRequests() {
            const wire: { direction: string; method: string; url: string }[] = await ask('GET', '/wire')
            return wire.filter(
              (one) => one.direction === 'to_carrier' && one.method === 'POST' && sendPath.test(one.url),
            ).length
          },
          acceptedTexts: async (to) => (await ask('GET', `/messages?to=${encodeURIComponent(to)}`)).length,
          listsReadable,
          listsLag: async (ms) => ask('PUT', '/faults', { listLagMs: ms }),
          webhooksArrive,
        },
      },
      setup: { ours, theirs: '+12025550198', landline: LANDLINE, mobile: '+12025550130' },
    }),
  }
}

function connectionOf(
  kind: Connection['kind'],
  credentials: Record<string, string>,
  apiUrl: string | null,
): Connection {
  return { accountId: 'acme', id: kind, kind, credentials, apiUrl }
}

function hookOf(connection: Connection, path: string, body: string, at: Date): Hook {
  const { accountId, id, kind } = connection
  return {
    url: `https://textback.example/hooks/${kind}/${accountId}/${id}/${path}`,
    path: path.split('/'),
    headers: {},
    body: Buffer.from(body),
    receivedAt: at,
  }
}

/** An Ed25519 key from its 32-byte seed, as DER: a fixed head and the seed. */
function privateKeyOf(seed: string) {
  const head = Buffer.from('302e020100300506032b657004220420', 'hex')
  return createPrivateKey({ key: Buffer.concat([head, Buffer.from(seed, 'base64')]), format: 'der', type: 'pkcs8' })
}
