import { sql } from 'kysely'
import { newId } from '../domain/ids.ts'
import type { Tx } from './db.ts'

/** The stages that a new account begins with; the first is where every missed call lands. */
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

/** A new lead in the first stage of the default pipeline; null when the contact has an open one already. */
export async function ensureLead(tx: Tx, accountId: string, contactId: string, now: Date): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    insert into leads (id, account_id, contact_id, pipeline_id, stage_id, created_at, updated_at)
    select ${newId()}::uuid, ${accountId}, ${contactId}::uuid, p.id, s.id, ${now}, ${now}
    from pipelines p join stages s on s.pipeline_id = p.id
    where p.account_id = ${accountId} and p.is_default order by s.position limit 1
    on conflict (account_id, contact_id) where status = 'open' do nothing
    returning id`.execute(tx)
  return rows[0]?.id ?? null
}
