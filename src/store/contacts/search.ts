import { type SqlBool, sql } from 'kysely'
import type { Tx } from '../db.ts'
import { primaryPhone } from './addresses.ts'

/**
 * Every word as a prefix: `dan whi` finds Dana Whitfield. Punctuation of phones is dropped, so that (202) 555-0143 is
 * one word. Null when there is nothing to look for.
 */
export function prefixQuery(written: string): string | null {
  const phone = written.replace(/[\s().+-]/g, '')
  const text = /^\d{3,15}$/.test(phone) ? phone : written
  const words = text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 0)
    .slice(0, 8)
  return words.length > 0 ? words.map((word) => `${word}:*`).join(' & ') : null
}

/** A list filtered by words pages through at most this many contacts; a longer list needs more words. */
const MOST_FOUND = 1_000

/** Whether the contact whose id is `ref` has such words; of very many the newest. `query` comes from `prefixQuery`. */
export const hasWords = (accountId: string, query: string, ref: string) =>
  sql<SqlBool>`${sql.ref(ref)} in (select contact_id from (select w.contact_id from contact_words w
      where w.words @@ ${asked(accountId, query)} offset 0) matched order by 1 desc limit ${MOST_FOUND})`

/** The words, and the account's own word, whatever characters its id has. */
const asked = (accountId: string, query: string) =>
  sql`(to_tsquery('simple', ${query}) && ${`'@${accountId.replaceAll("'", "''")}'`}::tsquery)`

/** The newest are searched first; only words that are rare among them are looked up in the full index. */
const NEWEST = 3_000

type Words = { table: 'contacts' | 'messages'; words: string; id: string }

async function find(tx: Tx, accountId: string, query: string, limit: number, from: Words): Promise<string[]> {
  const [table, words, id] = [sql.table(from.table), sql.table(from.words), sql.ref(`w.${from.id}`)]
  const newest = await sql<{ id: string }>`
    select n.id from (select id from ${table} where account_id = ${accountId} order by id desc limit ${NEWEST}) n
      join ${words} w on ${id} = n.id where w.words @@ ${asked(accountId, query)}
    order by n.id desc limit ${limit}`.execute(tx)
  if (newest.rows.length === limit) return newest.rows.map((row) => row.id)
  // `offset 0`: PostgreSQL takes every prefix for a common one, and would rather walk all ids backwards.
  const all = await sql<{ id: string }>`
    select id from (select ${id} as id from ${words} w where w.words @@ ${asked(accountId, query)} offset 0) rare
    order by id desc limit ${limit}`.execute(tx)
  return all.rows.map((row) => row.id)
}

export async function searchPeople(tx: Tx, accountId: string, query: string, limit: number) {
  const ids = await find(tx, accountId, query, limit, { table: 'contacts', words: 'contact_words', id: 'contact_id' })
  if (ids.length === 0) return []
  return tx
    .selectFrom('contacts')
    .leftJoin('conversations', 'conversations.contactId', 'contacts.id')
    .select([
      'contacts.id as contactId',
      'contacts.name',
      primaryPhone('contacts.id').as('phone'),
      'conversations.id as conversationId',
    ])
    .where('contacts.accountId', '=', accountId)
    .where('contacts.id', 'in', ids)
    .orderBy('contacts.id', 'desc')
    .execute()
}

export async function searchTexts(tx: Tx, accountId: string, query: string, limit: number) {
  const ids = await find(tx, accountId, query, limit, { table: 'messages', words: 'message_words', id: 'message_id' })
  if (ids.length === 0) return []
  return tx
    .selectFrom('messages')
    .innerJoin('contacts', 'contacts.id', 'messages.contactId')
    .select([
      'messages.id as messageId',
      'messages.contactId',
      'messages.conversationId',
      'contacts.name',
      primaryPhone('contacts.id').as('phone'),
      'messages.body',
      'messages.createdAt as at',
    ])
    .where('messages.accountId', '=', accountId)
    .where('messages.id', 'in', ids)
    .orderBy('messages.id', 'desc')
    .execute()
}
