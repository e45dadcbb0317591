import assert from 'node:assert/strict'
import { availableParallelism, loadavg } from 'node:os'
import { test } from 'node:test'
import { faults } from '../soak/faults.ts'
import { seeded } from './load.ts'

const seed = Number(process.env.SEED ?? 1)

/** The short form of `npm run soak`. */
for (const fault of faults)
  test(`${fault.name}, briefly: nothing lost, nothing doubled, everything settled soon`, async (t) => {
    const outcome = await fault.run(t, fault.short, seeded(seed))
    const { faults: found, calls, acknowledged, times, forPerson, settledInS } = outcome
    t.diagnostic(
      `${times} times, ${calls} calls, ${acknowledged} acknowledged, ${forPerson} for a person, settled in ${settledInS.toFixed(1)} s`,
    )
    assert.deepEqual(found, [])
    assert.ok(acknowledged > 0 && times > 0, 'too little happened to show anything')
    // On a busy machine everybody gets only a share of it.
    const share = Math.max(1, (loadavg()[0] ?? 0) / availableParallelism())
    assert.ok(settledInS < fault.settlesWithinS * share, `with a load of ${share.toFixed(1)} for each core`)
  })
