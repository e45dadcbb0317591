import { decideWithoutNumber } from '../../domain/textback.ts'
import { loadCallerFacts } from '../../store/calls/callerFacts.ts'
import { endOrphanedCall, lockOrphanedCalls, type OrphanedCall } from '../../store/calls/orphanedCalls.ts'
import { withAddress } from '../../store/contacts/addresses.ts'
import type { Tx } from '../../store/db.ts'
import { writeDown } from './settleCall.ts'

/**
 * Ends the calls that nothing else can decide any more, their number being deleted: without a text, but with the lead of
 * who called in vain. Of one account, or of all (null), those that began before `before`.
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
