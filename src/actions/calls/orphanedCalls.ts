import { decideWithoutNumber } from '../../domain/textback.ts'
import { loadCallerFacts } from '../../store/calls/callerFacts.ts'
import { endOrphanedCall, lockOrphanedCalls, type OrphanedCall } from '../../store/calls/orphanedCalls.ts'
import { withAddress } from '../../store/contacts/addresses.ts'
import type { Tx } from '../../store/db.ts'
import { writeDown } from './settleCall.ts'

/**
 * Ends the calls whose number was deleted before they were decided. They get no text, but the caller becomes a lead.
 * Takes the calls of one account, or of all (null), that began before `before`.
 */
export async function closeOrphanedCalls(tx: Tx, accountId: string | null, before: Date, now: Date): Promise<void> {
  for (const call of await lockOrphanedCalls(tx, accountId, before)) await close(tx, call, now)
}

async function close(tx: Tx, call: OrphanedCall, now: Date): Promise<void> {
  const { accountId, fromPhone: phone, timezone } = call
  const answered = call.answeredAt !== null
  await withAddress(tx, accountId, phone, async () => {
    const facts = await loadCallerFacts(tx, accountId, { phone, timezone, now })
    const decision = decideWithoutNumber({ from: phone, answered }, facts)
    await endOrphanedCall(tx, call)
    const settled = { ...call, why: null, recovered: false, our: null }
    await writeDown(tx, accountId, { call: settled, facts, answered, decision, text: null, now })
  })
}
