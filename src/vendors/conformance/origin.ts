import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Hook } from '../carrier.ts'
import type { Bench, Has, Subject } from '../conformance.ts'

/** Only what the carrier signed, now, for this connection, is let in. */
export function provesOrigin(has: Has, bench: () => Bench): void {
  const timestampTest: (name: string, run: () => void | Promise<void>) => void = has.timestamps ? test : () => {}
  describe('proof of origin', () => {
    let it: Subject
    before(() => {
      ;({ it } = bench())
    })

    const verified = (change: (hook: Hook) => Hook = (hook) => hook, connection = it.connection) => {
      const at = new Date()
      const hook = it.sign(it.sample.path, it.sample.body, at)
      return it.carrier.verify(change({ ...hook, receivedAt: at }), connection)
    }
    const later = (hook: Hook, seconds: number) => ({
      ...hook,
      receivedAt: new Date(hook.receivedAt.getTime() + seconds * 1000),
    })

    test('what the carrier signed is let in', () => assert.deepEqual(verified(), { ok: true }))

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

    timestampTest('a recorded request cannot be played again later', () => {
      assert.equal(verified((hook) => later(hook, 299)).ok, true)
      assert.equal(verified((hook) => later(hook, 302)).ok, false)
      assert.equal(verified((hook) => later(hook, -302)).ok, false)
    })
  })
}
