import { sql } from 'kysely'
import type { Tx } from './db.ts'

/** All jobs, by the name of the action that each runs, with its payload. Ids only: a job reads its row again. */
export type Jobs = {
  'deliver-message': { accountId: string; messageId: string }
  'reconcile-message': { accountId: string; messageId: string }
  'conclude-call': { accountId: string; callId: string }
  'check-connection': { accountId: string; connectionId: string }
  'configure-number': { accountId: string; number: string }
  'catch-up': { accountId: string; connectionId: string }
  'close-account': { accountId: string }
  'wake-conversation': { accountId: string; conversationId: string; until: string }
  'dispatch-event': { accountId: string; eventId: string }
  'deliver-webhook': { accountId: string; deliveryId: string }
  'tell-of-disabled-webhook': { accountId: string; webhookId: string }
  'forget-deliveries': Record<string, never>
  'forget-attempts': Record<string, never>
}

/** Smaller numbers run first: calls and texts (0) wait for nothing that depends on other people's machines. */
export const PRIORITY = {
  'dispatch-event': 10,
  'deliver-webhook': 10,
  'forget-deliveries': 20,
  'forget-attempts': 20,
} as const satisfies Partial<Record<keyof Jobs, number>>

/** The row that a job moves on. It knows as well when it is due, so that it is found when its job is lost. */
const MOVES = {
  'deliver-message': { table: 'messages', id: 'messageId' },
  'reconcile-message': { table: 'messages', id: 'messageId' },
  'conclude-call': { table: 'calls', id: 'callId' },
} as const satisfies Partial<Record<keyof Jobs, { table: 'messages' | 'calls'; id: string }>>

/**
 * Enqueues a job in this transaction, so it is committed together with its cause. A second job with the same `key`
 * replaces the first, unless that has begun. Jobs of one `queue` run one after the other.
 */
export async function addJob<N extends keyof Jobs>(
  tx: Tx,
  name: N,
  payload: Jobs[N],
  when: { runAt?: Date; key?: string; queue?: string } = {},
): Promise<void> {
  const enqueued = sql`select graphile_worker.add_job(${name}, ${JSON.stringify(payload)}::json,
    run_at := ${when.runAt ?? null}::timestamptz, job_key := ${when.key ?? null}::text,
    queue_name := ${when.queue ?? null}::text, priority := ${priorityOf(name)}::int)`.execute(tx)
  await Promise.all([enqueued, noteDue(tx, name, payload, when.runAt)])
}

async function noteDue<N extends keyof Jobs>(tx: Tx, name: N, payload: Jobs[N], at: Date | undefined): Promise<void> {
  if (!(name in MOVES)) return
  const { table, id } = MOVES[name as keyof typeof MOVES]
  const { accountId, [id]: row } = payload as Record<string, string>
  await sql`update ${sql.table(table)} set due_at = coalesce(${at ?? null}::timestamptz, now())
    where account_id = ${accountId} and id = ${row}`.execute(tx)
}

const priorityOf = (name: keyof Jobs): number => (name in PRIORITY ? PRIORITY[name as keyof typeof PRIORITY] : 0)
