import type { Actor, EventType } from '../../domain/events.ts'
import { newId } from '../../domain/ids.ts'
import { asAccount } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { insertLead, openLead } from '../../store/leads/leads.ts'
import type { World } from '../world.ts'

/** Makes a lead by hand; `open` is the id of the contact's open lead, if it has one. */
export async function createLead(
  world: World,
  accountId: string,
  { contactId, valueCents }: { contactId: string; valueCents: number | null },
  actor: Actor,
): Promise<{ outcome: 'ok'; leadId: string } | { outcome: 'open'; leadId: string } | { outcome: 'none' }> {
  return asAccount(world.db, accountId, async (tx) => {
    const now = world.now()
    const contact = await tx
      .selectFrom('contacts')
      .select('id')
      .where('accountId', '=', accountId)
      .where('id', '=', contactId)
      // Of two requests at the same moment, the second finds the first one's lead.
      .forUpdate()
      .executeTakeFirst()
    if (!contact) return { outcome: 'none' }
    const open = await openLead(tx, accountId, contactId)
    if (open) return { outcome: 'open', leadId: open }
    const leadId = newId()
    await insertLead(tx, accountId, { id: leadId, contactId, at: now })
    if (valueCents !== null)
      await tx
        .updateTable('leads')
        .set({ valueCents })
        .where('accountId', '=', accountId)
        .where('id', '=', leadId)
        .execute()
    await recordEvent(tx, accountId, { type: 'lead.created', contactId, leadId, actor }, now)
    return { outcome: 'ok', leadId }
  })
}

type Change = {
  stageId?: string
  status?: 'open' | 'won' | 'lost'
  valueCents?: number | null
  reason?: string | null
}

/** Moves, values, wins, loses or reopens a lead. `other_open`: the contact has another open lead. */
export async function changeLead(
  world: World,
  accountId: string,
  leadId: string,
  change: Change,
  actor: Actor,
): Promise<'ok' | 'none' | 'no_stage' | 'other_open'> {
  return asAccount(world.db, accountId, async (tx) => {
    const now = world.now()
    const lead = await tx
      .selectFrom('leads')
      .selectAll()
      .where('accountId', '=', accountId)
      .where('id', '=', leadId)
      .forUpdate()
      .executeTakeFirst()
    if (!lead) return 'none'
    const stage = change.stageId
      ? await tx
          .selectFrom('stages')
          .select(['id', 'name', 'pipelineId'])
          .where('accountId', '=', accountId)
          .where('id', '=', change.stageId)
          .executeTakeFirst()
      : null
    if (change.stageId && !stage) return 'no_stage'
    if (change.status === 'open' && lead.status !== 'open') {
      const other = await openLead(tx, accountId, lead.contactId)
      if (other) return 'other_open'
    }
    const status = change.status ?? lead.status
    await tx
      .updateTable('leads')
      .set({
        ...(stage && { stageId: stage.id, pipelineId: stage.pipelineId }),
        ...(change.valueCents !== undefined && { valueCents: change.valueCents }),
        ...(change.reason !== undefined && { reason: change.reason }),
        status,
        closedAt: status === 'open' ? null : (lead.closedAt ?? now),
        updatedAt: now,
      })
      .where('accountId', '=', accountId)
      .where('id', '=', leadId)
      .execute()
    const about = { contactId: lead.contactId, leadId, actor }
    if (stage && stage.id !== lead.stageId)
      await recordEvent(tx, accountId, { type: 'lead.moved', ...about, data: { stage: stage.name } }, now)
    if (status !== lead.status) {
      const type: EventType = status === 'open' ? 'lead.reopened' : status === 'won' ? 'lead.won' : 'lead.lost'
      await recordEvent(tx, accountId, { type, ...about, data: { reason: change.reason ?? null } }, now)
    }
    return 'ok'
  })
}
