import type { Connection } from '../../domain/connection.ts'
import { newId } from '../../domain/ids.ts'
import { before, DAY } from '../../domain/time.ts'
import { lockCall, noteCall, openCalls } from '../../store/calls/calls.ts'
import { allConnections } from '../../store/connections/connections.ts'
import { asAccount, asPlatform } from '../../store/db.ts'
import { addJob } from '../../store/jobs.ts'
import { numbersOfConnection } from '../../store/numbers/numbers.ts'
import type { ListedCall } from '../../voice/port.ts'
import type { World } from '../world.ts'
import { findCall } from './findCall.ts'
import { closeOrphanedCalls } from './orphanedCalls.ts'
import { callerOf, OPEN_TOO_LONG_MS } from './recordCall.ts'
import { afterSettling, settleCall } from './settleCall.ts'

/** How far back the carrier's list is read: enough for an outage of a night or a weekend. */
const LOOK_BACK_MS = 2 * DAY

/** Catches up on each connection: at start, and every ten minutes for single webhooks that got lost. */
export async function catchUpAll(world: World): Promise<void> {
  await asPlatform(world.db, async (tx) => {
    const now = world.now()
    await closeOrphanedCalls(tx, null, before(now, OPEN_TOO_LONG_MS), now)
    for (const { accountId, id, kind } of await allConnections(tx)) {
      const voice = world.vendors.get(kind)?.voice
      // A vendor that reports whole calls loses no half of one, and one that lists no calls cannot be asked.
      if (!voice || (voice.reportsWholeCalls && !voice.listCalls)) continue
      await addJob(tx, 'catch-up', { accountId, connectionId: id }, { key: `catch-up ${accountId} ${id}` })
    }
  })
}

/**
 * Reads the carrier's list of calls and records those missing here, marked as recovered. The decision sees how late
 * each is, and so whether it still gets a text.
 */
export async function catchUp(
  world: World,
  { accountId, connectionId: id }: { accountId: string; connectionId: string },
) {
  const connection = await world.connections.find(accountId, id)
  if (!connection) return
  const voice = world.vendors.get(connection.kind)?.voice
  const now = world.now()
  const since = before(now, LOOK_BACK_MS)
  const numbers = await asAccount(world.db, accountId, (tx) => numbersOfConnection(tx, accountId, id))
  // A failure on one number does not stop the others.
  const unread: string[] = []
  for (const number of numbers) {
    if (!voice?.listCalls) break
    const listed = await voice.listCalls(connection, number, since)
    if (!listed.ok) {
      unread.push(listed.failure.sentence)
      continue
    }
    const unknown = await unknownOf(world, accountId, id, listed.items)
    const over = unknown.filter((call) => call.endedAt)
    await severalAtOnce(over, (call) => recover(world, connection, call))
  }
  const open = await asAccount(world.db, accountId, (tx) => openCalls(tx, accountId, id, before(now, OPEN_TOO_LONG_MS)))
  await severalAtOnce(open, (call) => closeOpenCall(world, connection, call))
  if (unread.length > 0) throw new Error(`The carrier's list of calls cannot be read: ${unread[0]}`)
}

/** After an outage there may be hundreds, each text too late after minutes, and most of the time goes into asking. */
const AT_ONCE = 8

async function severalAtOnce<T>(all: T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values()
  const hand = async () => {
    for (const one of left) await work(one)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, hand))
}

async function unknownOf(world: World, accountId: string, connectionId: string, listed: ListedCall[]) {
  if (listed.length === 0) return []
  const rows = await asAccount(world.db, accountId, (tx) =>
    tx
      .selectFrom('calls')
      .select('carrierCallId')
      .where('accountId', '=', accountId)
      .where('connectionId', '=', connectionId)
      .where(
        'carrierCallId',
        'in',
        listed.map((call) => call.callId),
      )
      .execute(),
  )
  const known = new Set(rows.map((row) => row.carrierCallId))
  return listed.filter((call) => !known.has(call.callId))
}

async function recover(world: World, connection: Connection, call: ListedCall): Promise<void> {
  const answered = call.answered ?? (await wasAnswered(world, connection, call))
  if (answered === null) return
  const { accountId, id: connectionId } = connection
  const settled = await asAccount(world.db, accountId, async (tx) => {
    const noted = await noteCall(tx, accountId, {
      id: newId(),
      connectionId,
      carrierCallId: call.callId,
      legId: call.legId,
      number: call.to,
      from: callerOf(call.from, undefined),
      callerName: null,
      forwardedFrom: null,
      stirVerstat: null,
      startedAt: call.startedAt,
      answeredAt: answered ? call.startedAt : null,
      endedAt: call.endedAt,
      why: call.why,
      durationSeconds: call.durationSeconds,
      recovered: true,
      dueAt: null,
      exact: false,
    })
    if (!noted || noted.decidedAt) return null
    // In CFNA mode nobody can have picked up: our own greeting answered.
    return settleCall(world, tx, accountId, noted, answered && noted.mode === 'forward')
  })
  if (settled) afterSettling(world, accountId, settled)
}

export async function closeOpenCall(
  world: World,
  connection: Connection,
  open: { id: string; carrierCallId: string; legId: string | null; startedAt: Date },
): Promise<void> {
  const found = await findCall(world, connection, {
    callId: open.carrierCallId,
    legId: open.legId,
  })
  // If the carrier cannot tell after a day, it never will: a missed call, too late for a text, but a lead.
  const givenUp = found.outcome === 'unreadable' && open.startedAt < before(world.now(), DAY)
  if (found.outcome !== 'ended' && !givenUp) return
  const settled = await asAccount(world.db, connection.accountId, async (tx) => {
    const call = await lockCall(tx, connection.accountId, open.id)
    if (!call || call.decidedAt) return null
    const {
      answered: picked,
      why,
      endedAt: end,
    } = found.outcome === 'ended' ? found : { answered: false, why: null, endedAt: open.startedAt }
    const endedAt = end ?? world.now()
    await tx
      .updateTable('calls')
      .set({ endedAt, rangUntil: call.rangUntil ?? endedAt, recovered: true, why })
      .where('accountId', '=', connection.accountId)
      .where('id', '=', open.id)
      .execute()
    const ended = { ...call, endedAt, rangUntil: call.rangUntil ?? endedAt, recovered: true, why }
    const answered = call.mode === 'forward' && (picked || call.answeredAt !== null)
    return settleCall(world, tx, connection.accountId, ended, answered)
  })
  if (settled) afterSettling(world, connection.accountId, settled)
}

async function wasAnswered(world: World, connection: Connection, call: { callId: string; legId: string | null }) {
  const found = await findCall(world, connection, call)
  return found.outcome === 'ended' ? found.answered : null
}
