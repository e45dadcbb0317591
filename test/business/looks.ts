import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { contactAt, phonesOf } from '../../src/store/contacts/addresses.ts'
import { contactRows } from '../../src/store/contacts/contacts.ts'
import { asAccount, type Tx } from '../../src/store/db.ts'
import type { Business } from './business.ts'

export type Looks = ReturnType<typeof looksAt>

/** Reads what an action has changed, as far as tests need it. */
export function looksAt({ world, accountId }: Business) {
  const read = <T>(work: (tx: Tx) => Promise<T>) => asAccount(world.db, accountId, work)
  return {
    /** Undefined when it is gone. */
    contact: (contactId: string) =>
      read((tx) => contactRows(tx, accountId).where('contacts.id', '=', contactId).executeTakeFirst()),
    async contactWith(phone: string): Promise<string> {
      const found = await read((tx) => contactAt(tx, accountId, phone))
      assert.ok(found, `There is no contact with ${phone}`)
      return found
    },

    /** The primary one first. */
    phonesOf: (contactId: string) => read((tx) => phonesOf(tx, accountId, contactId)),

    lead: (leadId: string) =>
      read((tx) =>
        tx
          .selectFrom('leads')
          .innerJoin('stages', 'stages.id', 'leads.stageId')
          .select(['leads.contactId', 'stages.name as stage', 'status', 'valueCents', 'reason', 'closedAt'])
          .where('leads.id', '=', leadId)
          .executeTakeFirstOrThrow(),
      ),
    leadsOf: (contactId: string) =>
      read((tx) =>
        tx
          .selectFrom('leads')
          .select(['id', 'status', 'reason'])
          .where('contactId', '=', contactId)
          .orderBy('id')
          .execute(),
      ),
    /** The board's columns, from left to right. */
    stages: () => read((tx) => tx.selectFrom('stages').select(['id', 'name']).orderBy('position').execute()),
    async stage(name: string): Promise<string> {
      const found = (await this.stages()).find((stage) => stage.name === name)
      assert.ok(found, `There is no stage ${name}`)
      return found.id
    },

    conversationOf: (contactId: string) =>
      read((tx) =>
        tx
          .selectFrom('conversations')
          .select(['id', 'status', 'unread', 'assignedTo', 'waitingSince', 'snoozedUntil', 'lastMessagePreview'])
          .where('contactId', '=', contactId)
          .executeTakeFirstOrThrow(),
      ),
    textsWith: (contactId: string) =>
      read((tx) =>
        tx
          .selectFrom('messages')
          .select(['id', 'conversationId', 'kind', 'body', 'status'])
          .where('contactId', '=', contactId)
          .orderBy('id')
          .execute(),
      ),
    text: (messageId: string) =>
      read((tx) =>
        tx
          .selectFrom('messages')
          .select(['status', 'attempts', 'attemptedAt', 'carrierMessageId', 'failure', 'fromAddress', 'toAddress'])
          .where('id', '=', messageId)
          .executeTakeFirstOrThrow(),
      ),
    /** When the job with the key is due; null when there is none. */
    jobAt: (key: string) =>
      read(async (tx) => {
        const { rows } = await sql<{ runAt: Date }>`select run_at from graphile_worker.jobs where key = ${key}`.execute(
          tx,
        )
        return rows[0]?.runAt ?? null
      }),
    callsOf: (contactId: string) =>
      read((tx) => tx.selectFrom('calls').select(['id', 'outcome']).where('contactId', '=', contactId).execute()),
    /** What came of the last call from the phone. */
    lastCallFrom: (from: string) =>
      read((tx) =>
        tx
          .selectFrom('calls')
          .select(['outcome', 'contactId', 'messageId', sql<string>`decision ->> 'reason'`.as('reason')])
          .where('fromPhone', '=', from)
          .orderBy('id', 'desc')
          .executeTakeFirstOrThrow(),
      ),
    /** Every call, with its caller. */
    callers: () => read((tx) => tx.selectFrom('calls').select(['id', 'fromPhone as from']).orderBy('id').execute()),
    notesOf: (contactId: string) =>
      read((tx) =>
        tx
          .selectFrom('notes')
          .select(['id', 'body', 'author', 'createdAt'])
          .where('contactId', '=', contactId)
          .orderBy('id')
          .execute(),
      ),

    /** The events of one contact, or of the whole account, oldest first. */
    events: (contactId?: string) =>
      read((tx) =>
        tx
          .selectFrom('events')
          .select(['type', 'contactId', 'leadId', 'actor', 'data'])
          .$if(contactId !== undefined, (query) => query.where('contactId', '=', contactId!))
          .orderBy('id')
          .execute(),
      ),
    async lastEvent(contactId?: string) {
      return (await this.events(contactId)).at(-1)
    },
  }
}
