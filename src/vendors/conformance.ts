import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type ChannelNetwork, channelConformance } from '../channels/conformance.ts'
import type { Channel } from '../channels/port.ts'
import type { ChannelKind } from '../domain/channel.ts'
import type { Connection } from '../domain/connection.ts'
import { type SetupNetwork, setupConformance } from '../setup/conformance.ts'
import { type VoiceNetwork, voiceConformance } from '../voice/conformance.ts'
import { type Door, openDoor } from './door.ts'
import type { Hook, Vendor } from './vendor.ts'

/**
 * What the suite needs to test a vendor: a network that sends real webhooks, with a part for each port that the vendor
 * offers. A new vendor passes the suite before it is merged: see docs/adding-a-carrier.md.
 */
export type Subject = {
  /** A working connection: its `apiUrl` is the network's, its account "acme", its id and kind the vendor's kind. */
  connection: Connection
  withoutSecret: Connection
  /** With credentials that the vendor refuses; null where it has no API. */
  wrongCredentials: Connection | null
  /** A request as the vendor would send and sign it at that time; made without the code under test. */
  sign(path: string, body: string, at: Date): Hook
  /** A body that the vendor could send, and its path. */
  sample: { path: string; body: string }
  /** Events that we do not know or do not use. */
  unknownEvents: { path: string; body: string }[]
  voice?: VoiceNetwork
  channels: { [kind in ChannelKind]?: ChannelNetwork }
  setup?: SetupNetwork
  stop(): Promise<void>
}

/** The phone that an arriving call rings. */
export const TARGET = '+12025550111'

type Bench = { it: Subject; door: Door }

/**
 * Registers the tests of the vendor's webhooks, and the suite of each port that it offers. `setup` starts the network,
 * which sends its webhooks to `hooksUrl`. `signsTime`: a signature covers its time.
 */
export function vendorConformance(
  name: string,
  vendor: Vendor,
  { signsTime }: { signsTime: boolean },
  setup: (hooksUrl: string) => Promise<Subject>,
): void {
  let bench: Bench
  const part = <T>(what: string, found: T | null | undefined): T => {
    assert.ok(found, `the subject must bring ${what}, because ${vendor.name} offers what is tried on it`)
    return found
  }
  /** What every port's suite needs. */
  const common = () => ({
    connection: bench.it.connection,
    hooksUrl: bench.door.hooksUrl,
    until: bench.door.until,
  })

  describe(`vendor ${name}`, () => {
    before(async () => {
      const door = await openDoor(vendor, TARGET)
      const it = await setup(door.hooksUrl)
      door.open(it.connection)
      // Calls and texts come only after the number was pointed at us, and the suites may run in any order.
      if (it.setup)
        await vendor.setup?.configureNumber?.(it.connection, it.setup.ours, door.hooksUrl, { calls: true, texts: true })
      bench = { it, door }
    })
    after(async () => {
      await bench.it.stop()
      await bench.door.close()
    })

    readsCredentials(vendor, () => bench.it)
    provesOrigin(vendor, signsTime, () => bench.it)
    if (vendor.setup)
      setupConformance(vendor.setup, () => ({
        ...common(),
        network: part('setup', bench.it.setup),
        wrongCredentials: bench.it.wrongCredentials,
      }))
    if (vendor.voice)
      voiceConformance(vendor.voice, () => ({
        ...common(),
        network: part('voice', bench.it.voice),
        callFrom: bench.door.callFrom,
      }))
    for (const [kind, channel] of Object.entries(vendor.channels) as [ChannelKind, Channel][])
      channelConformance(kind, channel, () => ({
        ...common(),
        network: part(`channels.${kind}`, bench.it.channels[kind]),
        wrongCredentials: part('wrongCredentials', bench.it.wrongCredentials),
        messages: bench.door.messages,
      }))
    readsHooks(vendor, () => bench)
  })
}

function readsCredentials(vendor: Vendor, subject: () => Subject): void {
  test('the credentials have only the fields that people are asked for', () => {
    const fields = Object.keys(vendor.credentialFields)
    const read = vendor.readCredentials(subject().connection.credentials)
    assert.ok(read.ok)
    assert.deepEqual(
      Object.keys(read.credentials).filter((field) => !fields.includes(field)),
      [],
    )
    const none = vendor.readCredentials({})
    assert.ok(!none.ok && none.errors.every(({ field }) => fields.includes(field)))
  })
}

/** Only a request that the vendor signed just now, for this connection, is accepted. */
function provesOrigin({ webhooks }: Vendor, signsTime: boolean, subject: () => Subject): void {
  describe('proof of origin', () => {
    let it: Subject
    before(() => {
      it = subject()
    })

    const verified = (change: (hook: Hook) => Hook = (hook) => hook, connection = it.connection) => {
      const at = new Date()
      const hook = it.sign(it.sample.path, it.sample.body, at)
      return webhooks.verify(change({ ...hook, receivedAt: at }), connection)
    }
    const later = (hook: Hook, seconds: number) => ({
      ...hook,
      receivedAt: new Date(hook.receivedAt.getTime() + seconds * 1000),
    })

    test('a request that the vendor signed is accepted', () => assert.deepEqual(verified(), { ok: true }))

    test('a changed body, another signature and a missing one are refused', () => {
      const refused = [
        verified((hook) => ({ ...hook, body: Buffer.concat([hook.body, Buffer.from('&x=1')]) })),
        verified((hook) => ({ ...hook, body: Buffer.alloc(0) })),
        verified((hook) => ({ ...hook, headers: it.sign('other', '{}', hook.receivedAt).headers })),
        verified((hook) => ({ ...hook, headers: {} })),
      ]
      for (const result of refused) {
        assert.equal(result.ok, false)
        assert.match(result.why, /^[A-Z].*\.$/)
      }
    })

    test('a connection without a secret accepts nothing', () =>
      assert.equal(verified(undefined, it.withoutSecret).ok, false))

    if (signsTime)
      test('a recorded request cannot be replayed later', () => {
        assert.equal(verified((hook) => later(hook, 299)).ok, true)
        assert.equal(verified((hook) => later(hook, 302)).ok, false)
        assert.equal(verified((hook) => later(hook, -302)).ok, false)
      })
  })
}

/** Registered last, because it looks at all webhooks of the other suites. */
function readsHooks({ webhooks }: Vendor, bench: () => Bench): void {
  describe('the webhooks', () => {
    let it: Subject
    let door: Door
    before(() => {
      ;({ it, door } = bench())
    })

    test('a repeated webhook has the same events', () => {
      assert.ok(door.hooks.length > 0)
      for (const hook of door.hooks)
        assert.deepEqual(webhooks.parse(hook, it.connection), webhooks.parse(hook, it.connection))
    })

    test('an unknown or unused event gives no event', () => {
      for (const { path, body } of it.unknownEvents)
        assert.deepEqual(webhooks.parse(it.sign(path, body, new Date()), it.connection), { ok: true, events: [] })
    })

    test('no webhook of the vendor was refused', () => assert.deepEqual(door.refused, []))
  })
}
