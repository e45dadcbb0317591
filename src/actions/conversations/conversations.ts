import type { Actor, NewEvent } from '../../domain/events.ts'
import * as conversations from '../../store/conversations/conversations.ts'
import { asAccount } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { addJob } from '../../store/jobs.ts'
import { isMember } from '../../store/people.ts'
import type { World } from '../world.ts'

/** Closes, reopens, assigns, snoozes, marks as read. A closed conversation has no wait; a new text reopens it. */
export async function changeConversation(
  world: World,
  accountId: string,
  conversationId: string,
  change: conversations.ConversationChange,
  actor: Actor,
): Promise<'ok' | 'none' | 'no_person'> {
  return asAccount(world.db, accountId, async (tx) => {
    const now = world.now()
    const before = await conversations.lockConversation(tx, accountId, conversationId)
    if (!before) return 'none'
    if (change.assignedTo && !(await isMember(tx, accountId, change.assignedTo))) return 'no_person'
    await conversations.change(tx, accountId, conversationId, change)
    const tell = (event: Pick<NewEvent, 'type' | 'data'>) =>
      recordEvent(tx, accountId, { contactId: before.contactId, actor, ...event }, now)
    if (change.status && change.status !== before.status)
      await tell({ type: change.status === 'closed' ? 'conversation.closed' : 'conversation.opened' })
    if (change.assignedTo !== undefined && change.assignedTo !== before.assignedTo)
      await tell({ type: 'conversation.assigned', data: { to: change.assignedTo } })
    if (change.snoozedUntil) {
      const until = change.snoozedUntil.toISOString()
      await tell({ type: 'conversation.snoozed', data: { until } })
      const when = { runAt: change.snoozedUntil, key: `wake ${conversationId}` }
      await addJob(tx, 'wake-conversation', { accountId, conversationId, until }, when)
    }
    return 'ok'
  })
}

/** Ends a snooze. Does nothing when the snooze was ended or changed before. */
export async function wakeConversation(
  world: World,
  { accountId, conversationId, until }: { accountId: string; conversationId: string; until: string },
): Promise<void> {
  await asAccount(world.db, accountId, async (tx) => {
    const now = world.now()
    const woken = await conversations.wake(tx, accountId, conversationId, { until: new Date(until), at: now })
    if (woken) await recordEvent(tx, accountId, { type: 'conversation.woken', actor: 'textback', ...woken }, now)
  })
}
