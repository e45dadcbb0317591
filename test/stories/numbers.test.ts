import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catchUpAll } from '../../src/actions/calls/catchUp.ts'
import { withDatabase } from '../rows.ts'
import { CALLER, MAIN, MIKE, SALES, startWorld } from '../world.ts'

test('a number with another pace starts over', async (t) => {
  const world = await startWorld(t, { provision: (file) => (file.accounts[0].numbers[0].segmentsPerSecond = 0.1) })
  await withDatabase(world, '*', (client) => client.query("update numbers set free_at = now() + interval '1 hour'"))
  await world.api('PATCH', `/numbers/${MAIN}`, { segmentsPerSecond: 1 })
  await world.missedCall(CALLER, MAIN)
  await world.textsOn(CALLER)
})

test('a number that is deleted leaves no call ringing for ever', async (t) => {
  const world = await startWorld(t)
  const callOf = async () => (await world.api('GET', `/calls?from=${encodeURIComponent(CALLER)}`)).data[0]
  const id = await world.ringing(CALLER, MAIN, MIKE)
  const refused = await world.ask('DELETE', `/api/v1/numbers/${MAIN}`)
  assert.equal(refused.status, 409)
  assert.equal(refused.body.detail, 'A call is under way on it; try again in a minute.')
  assert.equal((await callOf()).outcome, 'ringing')

  // By the database its end got lost.
  await withDatabase(world, '*', (client) => client.query("update calls set started_at = now() - interval '6 minutes'"))
  assert.equal((await world.ask('DELETE', `/api/v1/numbers/${MAIN}`)).status, 204)
  const closed = await callOf()
  assert.deepEqual([closed.outcome, closed.decision.reason], ['missed', 'number_deleted'])
  assert.ok(closed.endedAt)
  await world.network('POST', `/calls/${id}/hangup`, {})
  // A text to the caller would have left before that of the next call.
  await world.missedCall('+13125550144', SALES)
  await world.textsOn('+13125550144')
  assert.deepEqual(await world.textsSentTo(CALLER), [])

  // A call that arrived at that very moment.
  await withDatabase(world, '*', (client) =>
    client.query(`update calls set decided_at = null, decision = null, outcome = 'ringing', ended_at = null`),
  )
  await catchUpAll(world.app.world)
  const caughtUp = await callOf()
  assert.deepEqual([caughtUp.outcome, caughtUp.decision.reason], ['missed', 'number_deleted'])
})

test('a deleted number silences none of its conversations', async (t) => {
  const world = await startWorld(t)
  const { api, ask } = world
  await world.missedCall(CALLER, SALES)
  await world.textsOn(CALLER)
  const [{ id }] = (await api('GET', '/conversations')).data
  const path = `/conversations/${id}`
  assert.partialDeepStrictEqual(await api('GET', path), { number: SALES, repliesFrom: SALES })

  await t.test('it says which number a reply leaves from, and that is where it leaves from', async () => {
    await api('DELETE', `/numbers/${SALES}`)
    assert.partialDeepStrictEqual(await api('GET', path), { number: SALES, repliesFrom: MAIN })
    const sent = await api('POST', '/messages', { conversationId: id, body: 'From our main line' })
    assert.equal(sent.from, MAIN)
    const texts = await world.textsOn(CALLER, 2)
    assert.equal(texts.at(-1)!.from, MAIN)
    assert.partialDeepStrictEqual(await api('GET', path), { number: MAIN, repliesFrom: MAIN })
  })

  await t.test('without any number a reply is refused with the reason, and a new number brings it back', async () => {
    for (const { number } of (await api('GET', '/numbers')).data) await api('DELETE', `/numbers/${number}`)
    assert.equal((await api('GET', path)).repliesFrom, null)
    const refused = await ask('POST', '/api/v1/messages', { conversationId: id, body: 'Hello?' })
    assert.equal(refused.status, 400)
    assert.deepEqual(refused.body.errors, [
      { field: 'from', message: 'is needed, and this account has no number; add one first' },
    ])
    await api('POST', '/numbers', { number: SALES, carrier: 'alt', mode: 'cfna' })
    assert.equal((await api('GET', path)).repliesFrom, SALES)
    assert.equal((await api('POST', '/messages', { conversationId: id, body: 'Hello again' })).from, SALES)
  })
})
