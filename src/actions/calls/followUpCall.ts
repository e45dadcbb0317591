import { after, MINUTE } from '../../domain/time.ts'
import { askAgainAt, lockCall } from '../../store/calls/calls.ts'
import { asAccount } from '../../store/db.ts'
import type { World } from '../world.ts'
import { closeOpenCall } from './catchUp.ts'
import { concludeCall } from './concludeCall.ts'

/** A call that goes on, or that its carrier cannot tell about, is asked about after half its age more, within these. */
const SOONEST_MS = MINUTE
const LATEST_MS = 10 * MINUTE

/** Finds out how a call ended of which nothing more was heard. */
export async function followUpCall(world: World, { accountId, callId }: { accountId: string; callId: string }) {
  const call = await asAccount(world.db, accountId, (tx) => lockCall(tx, accountId, callId))
  if (!call || call.decidedAt) return
  if (call.endedAt) return concludeCall(world, { accountId, callId })
  const connection = await world.connections.find(accountId, call.connectionId)
  if (connection) await closeOpenCall(world, connection, call)
  const now = world.now()
  const age = now.getTime() - call.startedAt.getTime()
  const next = after(now, Math.min(LATEST_MS, Math.max(SOONEST_MS, age / 2)))
  await asAccount(world.db, accountId, (tx) => askAgainAt(tx, accountId, callId, next))
}
