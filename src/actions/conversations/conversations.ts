import { asAccount } from '../store/db.ts'
import { type NewEvent, recordEvent } from '../store/events.ts'
import { addJob } from '../store/jobs.ts'
import type { World } from './world.ts'

type Change = {
  status?: 'open' | 'closed'
  unread?: 0 | 1
  assignedTo?: string | null
  snoozedUntil?: Date | null
}

/** Closes, reopens, assigns, snoozes, marks as read. In a closed conversation nobody waits; a new text reopens it. */
export async function changeConversation(
  world: World,
  accountId: string,
  conversationId: string,
  change: Change,
  actor: string,
): Promise<'ok' | 'none' | 'no_person'> {
  return asAccount(world.db, accountId, async (tx) => {
    const now = world.now()
    const before = await tx
      .selectFrom('conversations')
      .select(['status', 'contactId', 'assignedTo', 'snoozedUntil', 'waitingSince'])
      .where('accountId', '=', accountId)
      .where('id', '=', conversationId)
      .forUpdate()
      .executeTakeFirst()
    if (!before) return 'none'
    if (change.assignedTo) {
      const member = await tx
        .selectFrom('members')
        .select('id')
        .where('accountId', '=', accountId)
        .where('userId', '=', change.assignedTo)
        .executeTakeFirst()
      if (!member) return 'no_person'
    }
    const set = {
      ...(change.status !== undefined && { status: change.status }),
      ...(change.status === 'closed' && { unread: 0 }),
      ...(change.unread !== undefined && { unread: change.unread }),
      ...(change.assignedTo !== undefined && { assignedTo: change.assignedTo }),
      ...(change.snoozedUntil !== undefined && { snoozedUntil: change.snoozedUntil }),
    }
    if (Object.keys(set).length === 0) return 'ok'
    await tx
      .updateTable('conversations')
      .set(set)
      .where('accountId', '=', accountId)
      .where('id', '=', conversationId)
      .execute()

    const tell = (event: Pick<NewEvent, 'type' | 'data'>) =>
      recordEvent(tx, accountId, { contactId: before.contactId, actor, ...event }, now)
    if (change.status && change.status !== before.status)
      await tell({ type: change.status === 'closed' ? 'conversation.closed' : 'conversation.opened' })
    if (change.assignedTo !== undefined && change.assignedTo !== before.assignedTo)
      await tell({ type: 'conversation.assigned', data: { to: change.assignedTo } })
    if (change.snoozedUntil) {
      const until = change.snoozedUntil.toISOString()
      await tell({ type: 'conversation.snoozed', data: { until } })
      await addJob(
        tx,
        'wake-conversation',
        { accountId, conversationId, until },
        { runAt: change.snoozedUntil, key: `wake ${conversationId}` },
      )
    }
    return 'ok'
  })
}

/** The snooze is over: back at the top of the inbox, unread. Nothing when it was ended or changed before. */
export async function wakeConversation(
  world: World,
  { accountId, conversationId, until }: { accountId: string; conversationId: string; until: string },
): Promise<void> {
  await asAccount(world.db, accountId, async (tx) => {
    const now = world.now()
    const woken = await tx
      .updateTable('conversations')
      .set(({ fn, lit }) => ({
        snoozedUntil: null,
        updatedAt: now,
        unread: fn<number>('greatest', ['unread', lit(1)]),
      }))
      .where('accountId', '=', accountId)
      .where('id', '=', conversationId)
      .where('snoozedUntil', '=', new Date(until))
      .where('status', '=', 'open')
      .returning('contactId')
      .executeTakeFirst()
    if (woken) await recordEvent(tx, accountId, { type: 'conversation.woken', contactId: woken.contactId }, now)
  })
}
