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
 * What every vendor is tried on: a network that really sends its webhooks, with a part for each port that the vendor
 * offers. A new vendor passes this before it is merged: see docs/adding-a-carrier.md.
 */
export type Subject = {
  /** Fit to work: its `apiUrl` is the network's. Its kind is the vendor's, its account "acme", its id the kind. */
  connection: Connection
  withoutSecret: Connection
  /** Credentials that the vendor refuses; null where it has no API that could. */
  wrongCredentials: Connection | null
  /** A request as the vendor would send and sign it at that time; made apart from the vendor's own code. */
  sign(path: string, body: string, at: Date): Hook
  /** A body that the vendor could send, and where. */
  sample: { path: string; body: string }
  /** Events that the vendor may send one day, or sends and we have no use for. */
  unheardOf: { path: string; body: string }[]
  voice?: VoiceNetwork
  channels: { [kind in ChannelKind]?: ChannelNetwork }
  setup?: SetupNetwork
  stop(): Promise<void>
}

/** Whom an arriving call rings. */
export const TARGET = '+12025550111'

type Bench = { it: Subject; door: Door }

/**
 * Registers with node:test what the vendor's door must do, and the suite of each port that it offers. `setup` starts
 * the network, which sends its webhooks to `hooksUrl`. `signsTime`: a signature covers its time.
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
      // The suites may run in any order, and calls and texts come only where the number was pointed at us.
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
  test('the credentials have the fields that people are told of', () => {
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

/** Only what the vendor signed, now, for this connection, is let in. */
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

    test('what the vendor signed is let in', () => assert.deepEqual(verified(), { ok: true }))

    test('a changed body, another signature and none are not', () => {
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

    test('a connection without a secret lets nothing in', () =>
      assert.equal(verified(undefined, it.withoutSecret).ok, false))

    if (signsTime)
      test('a recorded request cannot be played again later', () => {
        assert.equal(verified((hook) => later(hook, 299)).ok, true)
        assert.equal(verified((hook) => later(hook, 302)).ok, false)
        assert.equal(verified((hook) => later(hook, -302)).ok, false)
      })
  })
}

/** Last, because it looks at all that came. */
function readsHooks({ webhooks }: Vendor, bench: () => Bench): void {
  describe('the door', () => {
    let it: Subject
    let door: Door
    before(() => {
      ;({ it, door } = bench())
    })

    test('the same hook twice says the same twice', () => {
      assert.ok(door.hooks.length > 0)
      for (const hook of door.hooks)
        assert.deepEqual(webhooks.parse(hook, it.connection), webhooks.parse(hook, it.connection))
    })

    test('what we have no use for is no event', () => {
      for (const { path, body } of it.unheardOf)
        assert.deepEqual(webhooks.parse(it.sign(path, body, new Date()), it.connection), { ok: true, events: [] })
    })

    test('no hook of the vendor was turned away', () => assert.deepEqual(door.refused, []))
  })
}
