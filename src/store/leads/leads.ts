import { sql } from 'kysely'
import { newId } from '../../domain/ids.ts'
import type { Tx } from '../db.ts'
import { recordset } from '../recordset.ts'
import { gathered } from '../together.ts'

/** The stages of a new account; every missed call becomes a lead in the first. */
export const FIRST_STAGES = ['New', 'Contacted', 'Quoted', 'Booked']

export async function createDefaultPipeline(tx: Tx, accountId: string): Promise<void> {
  const has = await tx
    .selectFrom('pipelines')
    .select('id')
    .where('accountId', '=', accountId)
    .where('isDefault', '=', true)
    .executeTakeFirst()
  if (has) return
  const pipelineId = newId()
  await tx.insertInto('pipelines').values({ id: pipelineId, accountId, name: 'Jobs', isDefault: true }).execute()
  await tx
    .insertInto('stages')
    .values(FIRST_STAGES.map((name, position) => ({ id: newId(), accountId, pipelineId, name, position })))
    .execute()
}

/**
 * Makes a lead in the first stage of the default pipeline; false when the contact has an open one. The same transaction
 * may be making the contact.
 */
export const insertLead = gathered(
  async (tx, accountId, leads: { id: string; contactId: string; at: Date }[]): Promise<boolean[]> => {
    const { rows } = await sql<{ id: string }>`
      with first_stage as (
        select p.id as pipeline_id, s.id as stage_id from pipelines p join stages s on s.pipeline_id = p.id
        where p.account_id = ${accountId} and p.is_default order by s.position limit 1
      )
      insert into leads (id, account_id, contact_id, pipeline_id, stage_id, created_at, updated_at)
      select item.id, ${accountId}, item.contact_id, pipeline_id, stage_id, item.at, item.at
      from ${recordset(
        'id uuid, contact_id uuid, at timestamptz',
        leads.map(({ contactId, ...lead }) => ({ ...lead, contact_id: contactId })),
      )}, first_stage
      on conflict (account_id, contact_id) where status = 'open' do nothing
      returning id`.execute(tx)
    const made = new Set(rows.map((row) => row.id))
    return leads.map((lead) => made.has(lead.id))
  },
)

/** A call or text on an open lead moves it up in its lists. */
export const touchLead = gathered(async (tx, accountId, leads: { id: string; at: Date }[]): Promise<undefined[]> => {
  await sql`update leads set updated_at = item.at from ${recordset('id uuid, at timestamptz', leads)}
    where leads.account_id = ${accountId} and leads.id = item.id`.execute(tx)
  return leads.map(() => undefined)
})

/** The contact's open lead, if there is one. */
export async function openLead(tx: Tx, accountId: string, contactId: string): Promise<string | null> {
  const row = await tx
    .selectFrom('leads')
    .select('id')
    .where('accountId', '=', accountId)
    .where('contactId', '=', contactId)
    .where('status', '=', 'open')
    .executeTakeFirst()
  return row?.id ?? null
}

/** The contact's lead that was closed last; null when there is none, or when another is open. */
export async function lastClosedLead(
  tx: Tx,
  accountId: string,
  contactId: string,
): Promise<{ status: string; closedAt: Date } | null> {
  const rows = await tx
    .selectFrom('leads')
    .select(['status', 'closedAt'])
    .where('accountId', '=', accountId)
    .where('contactId', '=', contactId)
    .orderBy('closedAt', (o) => o.desc().nullsLast())
    .execute()
  if (rows.some((lead) => lead.status === 'open')) return null
  const { status, closedAt = null } = rows[0] ?? {}
  return status && closedAt ? { status, closedAt } : null
}
