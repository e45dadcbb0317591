import type { Actor } from '../../domain/events.ts'
import { newId } from '../../domain/ids.ts'
import { asAccount } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import type { World } from '../world.ts'

/** Adds a stage at the end of the default pipeline. */
export async function addStage(world: World, accountId: string, name: string, actor: Actor): Promise<string> {
  return asAccount(world.db, accountId, async (tx) => {
    const pipeline = await tx
      .selectFrom('pipelines')
      .select('id')
      .where('accountId', '=', accountId)
      .where('isDefault', '=', true)
      .executeTakeFirstOrThrow()
    const last = await tx
      .selectFrom('stages')
      .select('position')
      .where('accountId', '=', accountId)
      .where('pipelineId', '=', pipeline.id)
      .orderBy('position', 'desc')
      .executeTakeFirst()
    const id = newId()
    await tx
      .insertInto('stages')
      .values({ id, accountId, pipelineId: pipeline.id, name, position: (last?.position ?? -1) + 1 })
      .execute()
    await recordEvent(tx, accountId, { type: 'stage.changed', actor, data: { added: name } }, world.now())
    return id
  })
}

/** Renames or moves a stage, and shifts the others. False when there is no such stage. */
export async function changeStage(
  world: World,
  accountId: string,
  id: string,
  change: { name?: string; position?: number },
  actor: Actor,
): Promise<boolean> {
  return asAccount(world.db, accountId, async (tx) => {
    const stage = await tx
      .selectFrom('stages')
      .select(['id', 'name', 'pipelineId'])
      .where('accountId', '=', accountId)
      .where('id', '=', id)
      .executeTakeFirst()
    if (!stage) return false
    if (change.name !== undefined)
      await tx
        .updateTable('stages')
        .set({ name: change.name })
        .where('accountId', '=', accountId)
        .where('id', '=', id)
        .execute()
    if (change.position !== undefined) {
      const others = await tx
        .selectFrom('stages')
        .select('id')
        .where('accountId', '=', accountId)
        .where('pipelineId', '=', stage.pipelineId)
        .where('id', '!=', id)
        .orderBy('position')
        .execute()
      const order = others.map((other) => other.id)
      order.splice(change.position, 0, id)
      for (const [position, stageId] of order.entries())
        await tx
          .updateTable('stages')
          .set({ position })
          .where('accountId', '=', accountId)
          .where('id', '=', stageId)
          .execute()
    }
    await recordEvent(
      tx,
      accountId,
      { type: 'stage.changed', actor, data: { stage: stage.name, ...change } },
      world.now(),
    )
    return true
  })
}

/** `used`: leads are or were in it; `last`: a pipeline needs at least one stage. */
export async function deleteStage(
  world: World,
  accountId: string,
  id: string,
  actor: Actor,
): Promise<'ok' | 'none' | 'used' | 'last'> {
  return asAccount(world.db, accountId, async (tx) => {
    const stage = await tx
      .selectFrom('stages')
      .select(['name', 'pipelineId'])
      .where('accountId', '=', accountId)
      .where('id', '=', id)
      .executeTakeFirst()
    if (!stage) return 'none'
    const lead = await tx
      .selectFrom('leads')
      .select('id')
      .where('accountId', '=', accountId)
      .where('stageId', '=', id)
      .executeTakeFirst()
    if (lead) return 'used'
    const siblings = await tx
      .selectFrom('stages')
      .select('id')
      .where('accountId', '=', accountId)
      .where('pipelineId', '=', stage.pipelineId)
      .execute()
    if (siblings.length === 1) return 'last'
    await tx.deleteFrom('stages').where('accountId', '=', accountId).where('id', '=', id).execute()
    await recordEvent(tx, accountId, { type: 'stage.changed', actor, data: { deleted: stage.name } }, world.now())
    return 'ok'
  })
}
