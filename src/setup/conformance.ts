import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Connection } from '../domain/connection.ts'
import { isReadable } from '../domain/words.ts'
import type { Setup } from './port.ts'

/** What the suite needs of a vendor's network. */
export type SetupNetwork = {
  ours: string
  /** A number of another account, where the vendor has an API that knows who owns a number. */
  theirs?: string
  /** For `findLineType`. */
  landline?: string
  mobile?: string
}

export type SetupBench = {
  network: SetupNetwork
  connection: Connection
  /** The same connection with credentials that the vendor refuses; null where it has no API. */
  wrongCredentials: Connection | null
  hooksUrl: string
}

const BOTH = { calls: true, texts: true }

/** Tests that numbers are listed and pointed at us, and failures explained. What `setup` leaves out is not tested. */
export function setupConformance(setup: Setup, bench: () => SetupBench): void {
  const { listNumbers, configureNumber, findLineType } = setup

  describe('setting up', () => {
    let it: SetupBench
    before(() => {
      it = bench()
    })

    if (configureNumber)
      test('our number is pointed at us, step by step, and a second time', async () => {
        for (const _ of [1, 2]) {
          const { ok, steps } = await configureNumber(it.connection, it.network.ours, it.hooksUrl, BOTH)
          assert.deepEqual(
            steps.filter((step) => step.failure),
            [],
          )
          assert.equal(ok, true)
          assert.ok(steps.some((step) => step.value.startsWith(it.hooksUrl)))
        }
      })

    // A vendor without an API, which lists no numbers either, has nobody who refuses.
    if (configureNumber && listNumbers)
      test('a failed step is explained in words', async () => {
        const attempts = [
          [it.connection, it.network.theirs],
          [it.wrongCredentials!, it.network.ours],
          [{ ...it.connection, credentials: {} }, it.network.ours],
        ] as const
        for (const [connection, number] of attempts) {
          assert.ok(number, "the subject must bring a number of somebody else's")
          const { ok, steps } = await configureNumber(connection, number, it.hooksUrl, BOTH)
          assert.equal(ok, false)
          readable(steps.find((step) => step.failure)?.failure)
        }
      })

    if (listNumbers)
      test('the numbers are listed; with the wrong credentials it says so', async () => {
        const listed = await listNumbers(it.connection)
        assert.equal(listed.ok, true)
        assert.partialDeepStrictEqual(
          listed.items.filter((each) => each.number === it.network.ours),
          [{ number: it.network.ours, canCall: true, canText: true }],
        )
        const refused = await listNumbers(it.wrongCredentials!)
        assert.equal(refused.ok, false)
        readable(refused.failure)
      })

    if (findLineType)
      test('the line type of a number', async () => {
        const found = await findLineType(it.connection, it.network.landline!)
        assert.deepEqual(found, { ok: true, lineType: 'landline' })
        const mobile = await findLineType(it.connection, it.network.mobile!)
        assert.deepEqual(mobile, { ok: true, lineType: 'mobile' })
        const refused = await findLineType(it.wrongCredentials!, it.network.mobile!)
        assert.equal(refused.ok, false)
        readable(refused.failure)
      })
  })
}

function readable(failure: Parameters<typeof isReadable>[0] | null | undefined): void {
  assert.ok(failure && isReadable(failure), JSON.stringify(failure))
}
