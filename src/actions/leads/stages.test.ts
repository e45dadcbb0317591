import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aBusiness } from '../../../test/business/business.ts'
import { newId } from '../../domain/ids.ts'
import { changeLead } from './leads.ts'
import { addStage, changeStage, deleteStage } from './stages.ts'

async function start() {
  const b = await aBusiness()
  return {
    ...b,
    names: async () => (await b.stages()).map(({ name }) => name),
    add: (name: string) => addStage(b.world, b.accountId, name, b.actor),
    change: (id: string, change: { name?: string; position?: number }) =>
      changeStage(b.world, b.accountId, id, change, b.actor),
    remove: (id: string) => deleteStage(b.world, b.accountId, id, b.actor),
  }
}

test('a new account has the first four', async () => {
  const b = await start()
  assert.deepEqual(await b.names(), ['New', 'Contacted', 'Quoted', 'Booked'])
})

test('a new stage is the last, and its adding an event', async () => {
  const b = await start()
  const id = await b.add('Paid')
  assert.deepEqual((await b.stages()).at(-1), { id, name: 'Paid' })
  assert.partialDeepStrictEqual(await b.lastEvent(), {
    type: 'stage.changed',
    actor: b.actor,
    data: { added: 'Paid' },
  })
})

describe('a stage', () => {
  test('gets another name in its place', async () => {
    const b = await start()
    assert.equal(await b.change(await b.stage('Quoted'), { name: 'Offered' }), true)
    assert.deepEqual(await b.names(), ['New', 'Contacted', 'Offered', 'Booked'])
    assert.deepEqual((await b.lastEvent())!.data, { stage: 'Quoted', name: 'Offered' })
  })

  for (const [position, order] of [
    [0, ['Quoted', 'New', 'Contacted', 'Booked']],
    [1, ['New', 'Quoted', 'Contacted', 'Booked']],
    [2, ['New', 'Contacted', 'Quoted', 'Booked']],
    [3, ['New', 'Contacted', 'Booked', 'Quoted']],
    [99, ['New', 'Contacted', 'Booked', 'Quoted']],
  ] as const)
    test(`moves to place ${position}, and the others make room`, async () => {
      const b = await start()
      assert.equal(await b.change(await b.stage('Quoted'), { position }), true)
      assert.deepEqual(await b.names(), order)
    })

  test('that is empty is deleted', async () => {
    const b = await start()
    assert.equal(await b.remove(await b.stage('Quoted')), 'ok')
    assert.deepEqual(await b.names(), ['New', 'Contacted', 'Booked'])
    assert.deepEqual((await b.lastEvent())!.data, { deleted: 'Quoted' })
  })

  test('with a lead in it stays, be the lead open or closed', async () => {
    const b = await start()
    await b.anOpenLead()
    assert.equal(await b.remove(await b.stage('New')), 'used')
    const won = await b.aWonLead()
    await changeLead(b.world, b.accountId, won, { stageId: await b.stage('Booked') }, b.actor)
    assert.equal(await b.remove(await b.stage('Booked')), 'used')
    assert.equal((await b.names()).length, 4)
  })

  test('whose leads have moved on is deleted', async () => {
    const b = await start()
    const lead = await b.anOpenLead()
    await changeLead(b.world, b.accountId, lead, { stageId: await b.stage('Booked') }, b.actor)
    assert.equal(await b.remove(await b.stage('New')), 'ok')
  })

  test('that is the last one stays', async () => {
    const b = await start()
    for (const name of ['New', 'Contacted', 'Quoted']) assert.equal(await b.remove(await b.stage(name)), 'ok')
    assert.equal(await b.remove(await b.stage('Booked')), 'last')
    assert.deepEqual(await b.names(), ['Booked'])
  })
})

test('the first stage, whichever it is now, is where a lead begins', async () => {
  const b = await start()
  await b.change(await b.stage('Quoted'), { position: 0 })
  assert.equal((await b.lead(await b.anOpenLead())).stage, 'Quoted')
})

test('a stage that is not there, or is another account’s, is not changed and not deleted', async () => {
  const b = await start()
  const other = await start()
  for (const id of [newId(), await other.stage('Quoted')]) {
    assert.equal(await b.change(id, { name: 'Mine', position: 0 }), false)
    assert.equal(await b.remove(id), 'none')
  }
  assert.deepEqual(await other.names(), ['New', 'Contacted', 'Quoted', 'Booked'])
})
