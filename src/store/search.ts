import { sql } from 'kysely'
import type { Tx } from './db.ts'

/**
 * Every word as the beginning of one: `dan whi` finds Dana Whitfield. Punctuation of phones is dropped, so that
 * (202) 555-0143 is one word. Null when there is nothing to look for.
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

export async function searchPeople(tx: Tx, accountId: string, query: string, limit: number) {
  const { rows } = await sql<{
    contactId: string
    name: string | null
    phone: string | null
    conversationId: string | null
  }>`
    select p.id as contact_id, p.name, p.phone, v.id as conversation_id
    from contacts p left join conversations v on v.account_id = p.account_id and v.contact_id = p.id
    where p.account_id = ${accountId} and p.search @@ to_tsquery('simple', ${query})
    order by p.id desc limit ${limit}`.execute(tx)
  return rows
}

export async function searchTexts(tx: Tx, accountId: string, query: string, limit: number) {
  const { rows } = await sql<{
    messageId: string
    contactId: string
    conversationId: string
    name: string | null
    phone: string | null
    body: string
    at: Date
  }>`
    select m.id as message_id, m.contact_id, m.conversation_id, p.name, p.phone, m.body, m.created_at as at
    from (
      select id, contact_id, conversation_id, body, created_at from messages
      where account_id = ${accountId} and search @@ to_tsquery('simple', ${query})
      order by id desc limit ${limit}
    ) m join contacts p on p.id = m.contact_id
    order by m.id desc`.execute(tx)
  return rows
}
