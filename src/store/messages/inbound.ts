import { sql } from 'kysely'
import type { Tx } from '../db.ts'

/** A received text, as it is stored. */
export type InboundMessage = {
  id: string
  contactId: string
  conversationId: string
  channel: 'sms'
  from: string
  to: string
  body: string
  segments: number
  media: { url: string; contentType: string | null }[]
  connectionId: string
  carrierMessageId: string
  at: Date
}

/** Whether the carrier's message is stored already: carriers deliver some more than once. */
export async function isReceived(tx: Tx, accountId: string, connectionId: string, carrierMessageId: string) {
  const row = await tx
    .selectFrom('messages')
    .select('id')
    .where('accountId', '=', accountId)
    .where('connectionId', '=', connectionId)
    .where('carrierMessageId', '=', carrierMessageId)
    .executeTakeFirst()
  return row !== undefined
}

export async function insertInbound(tx: Tx, accountId: string, m: InboundMessage): Promise<void> {
  await tx
    .insertInto('messages')
    .values({
      id: m.id,
      accountId,
      conversationId: m.conversationId,
      contactId: m.contactId,
      kind: 'inbound',
      direction: 'inbound',
      channel: m.channel,
      fromAddress: m.from,
      toAddress: m.to,
      body: m.body,
      segments: m.segments,
      media: JSON.stringify(m.media),
      status: 'received',
      connectionId: m.connectionId,
      carrierMessageId: m.carrierMessageId,
      createdAt: m.at,
    })
    .execute()
}

/** Whether a text to the contact, other than an answer about consent, is being handed to the carrier right now. */
export async function isLeaving(tx: Tx, accountId: string, contactId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('messages')
    .select('id')
    .where('accountId', '=', accountId)
    .where('contactId', '=', contactId)
    .where('status', '=', 'sending')
    .where('kind', '!=', 'confirmation')
    .executeTakeFirst()
  return row !== undefined
}

/** How many answers about consent went to the contact since then. */
export async function countConfirmations(tx: Tx, accountId: string, contactId: string, since: Date): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from messages where account_id = ${accountId} and contact_id = ${contactId}
      and kind = 'confirmation' and created_at > ${since}`.execute(tx)
  return rows[0]!.n
}
