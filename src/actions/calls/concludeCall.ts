import { after, MINUTE } from '../../domain/time.ts'
import { lockCall, type NotedCall } from '../../store/calls/calls.ts'
import { asAccount } from '../../store/db.ts'
import type { Unanswered } from '../../voice/port.ts'
import type { World } from '../world.ts'
import { findCall } from './findCall.ts'
import { afterSettling, settleCall } from './settleCall.ts'

/** Decides a call whose end did not tell whether somebody answered: asks the carrier. */
export async function concludeCall(world: World, { accountId, callId }: { accountId: string; callId: string }) {
  const held = await asAccount(world.db, accountId, (tx) => lockCall(tx, accountId, callId))
  if (!held || held.decidedAt) return
  const { answered, why } = held.answeredAt ? { answered: true, why: null } : await howItEnded(world, accountId, held)
  const settled = await asAccount(world.db, accountId, async (tx) => {
    const call = await lockCall(tx, accountId, callId)
    if (!call || call.decidedAt) return null
    return settleCall(world, tx, accountId, { ...call, why: call.why ?? why }, answered || call.answeredAt !== null)
  })
  if (settled) afterSettling(world, accountId, settled)
}

type End = { answered: boolean; why: Unanswered | null }

/**
 * A carrier that cannot tell is asked again until a text would be too late. Then the call counts as missed, so that a
 * lead exists and somebody can call back.
 */
async function howItEnded(world: World, accountId: string, call: NotedCall): Promise<End> {
  try {
    return await askHowItEnded(world, accountId, call)
  } catch (error) {
    const tooLate = after(call.endedAt ?? call.startedAt, call.our.lateAfterMinutes * MINUTE)
    if (!call.endedAt || world.now() < tooLate) throw error
    return { answered: false, why: null }
  }
}

async function askHowItEnded(world: World, accountId: string, call: NotedCall): Promise<End> {
  const connection = await world.connections.find(accountId, call.connectionId)
  if (!connection) return { answered: false, why: null }
  const found = await findCall(world, connection, {
    callId: call.carrierCallId,
    legId: call.legId,
  })
  if (found.outcome === 'ended') return found
  // The job is tried again, later each time: a caller who did talk to somebody must not be texted on a guess.
  throw new Error(found.outcome === 'going_on' ? 'The call still goes on.' : `The carrier cannot tell: ${found.why}`)
}
