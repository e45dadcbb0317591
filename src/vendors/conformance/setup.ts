import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Bench, Has, Subject } from '../conformance.ts'
import { readable } from './words.ts'

/** Numbers are pointed at us and listed; what goes wrong is told in words. */
export function setsUp(has: Has, bench: () => Bench): void {
  const networkTest: (name: string, run: () => void | Promise<void>) => void = has.network ? test : () => {}
  describe('setting up', () => {
    let it: Subject
    let hooksUrl: string
    before(() => {
      ;({ it, hooksUrl } = bench())
    })

    test('our number is pointed at us, step by step, as often as one likes', async () => {
      for (const _ of [1, 2]) {
        const { ok, steps } = await it.carrier.configureNumber(it.connection, it.ours, hooksUrl, {
          calls: true,
          texts: true,
        })
        assert.deepEqual(
          steps.filter((step) => step.failure),
          [],
        )
        assert.equal(ok, true)
        assert.ok(steps.some((step) => step.value.startsWith(hooksUrl)))
      }
    })

    networkTest("a number of somebody else's is not", async () => {
      const { ok, steps } = await it.carrier.configureNumber(it.connection, '+12025550198', hooksUrl, {
        calls: true,
        texts: true,
      })
      assert.equal(ok, false)
      readable(steps.find((step) => step.failure)?.failure)
    })

    test('the numbers are listed; with the wrong credentials it says so', async () => {
      const listed = await it.carrier.listNumbers(it.connection)
      assert.equal(listed.ok, true)
      if (!it.network) return
      assert.partialDeepStrictEqual(
        listed.items.filter((each) => each.number === it.ours),
        [{ number: it.ours, canCall: true, canText: true }],
      )
      const refused = await it.carrier.listNumbers(it.network.wrongCredentials)
      assert.equal(refused.ok, false)
      readable(refused.failure)
      const nobody = { ...it.connection, credentials: {} }
      assert.equal(
        (await it.carrier.configureNumber(nobody, it.ours, hooksUrl, { calls: true, texts: true })).ok,
        false,
      )
    })

    networkTest('what kind of line a number is', async () => {
      const found = await it.carrier.findLineType(it.connection, it.network!.landline)
      assert.deepEqual(found, { ok: true, lineType: 'landline' })
      const mobile = await it.carrier.findLineType(it.connection, '+12025550130')
      assert.deepEqual(mobile, { ok: true, lineType: 'mobile' })
      const refused = await it.carrier.findLineType(it.network!.wrongCredentials, '+12025550130')
      assert.equal(refused.ok, false)
      readable(refused.failure)
    })
  })
}
