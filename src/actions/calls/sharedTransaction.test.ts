import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aBusiness, type Business, NUMBER } from '../../../test/business/business.ts'
import { HOUR, SECOND } from '../../domain/time.ts'
import { asAccount } from '../../store/db.ts'
import { recordCall } from './recordCall.ts'

/**
 * Calls whose ends come at the same moment. The first goes at once, and the others share the next transaction: there the
 * locks of PostgreSQL hold nobody back.
 */
async function callsThatEndTogether(business: Business, phones: string[], how: 'ended' | 'unanswered') {
  const { world, source } = business
  const calls = phones.map((from) => ({ callId: business.aCarrierId(), legId: null, from, to: NUMBER }))
  const startedAt = world.now()
  const unknown = { callerName: null, forwardedFrom: null, stirVerstat: null }
  for (const call of calls)
    await recordCall(world, source, { type: 'call.arrived', ...call, ...unknown, at: startedAt })
  business.wait(20 * SECOND)
  const end = { startedAt, at: world.now(), answered: false, why: 'no_answer', durationSeconds: 20 } as const
  const [first, second, ...others] = calls.map((call, i) =>
    i > 1 && how === 'unanswered'
      ? ({ type: 'call.unanswered', callId: call.callId, at: world.now(), why: 'no_answer' } as const)
      : ({ type: 'call.ended', ...call, ...end } as const),
  )
  const goesAtOnce = recordCall(world, source, first!)
  await new Promise((resolve) => setImmediate(resolve))
  await Promise.all([goesAtOnce, ...[second!, ...others].map((event) => recordCall(world, source, event))])
}

for (const how of ['ended', 'unanswered'] as const)
  for (const isKnown of [true, false])
    test(`two phones of one person, ${isKnown ? 'known' : 'new'}, that miss us in one transaction get one text (${how})`, async () => {
      const business = await aBusiness()
      const { accountId } = business
      await asAccount(business.world.db, accountId, (tx) =>
        tx.updateTable('numbers').set({ cooldownMinutes: 60 }).where('accountId', '=', accountId).execute(),
      )
      const [neighbour, mobile, home] = [business.aPhone(), business.aPhone(), business.aPhone()]
      const contactId = await business.aContactWith(mobile, home)
      if (isKnown) await business.aMissedCall(mobile)
      business.wait(48 * HOUR)
      const before = (await business.textsWith(contactId)).length
      await callsThatEndTogether(business, [neighbour, mobile, home], how)
      assert.equal((await business.textsWith(contactId)).length, before + 1)
    })

test('the daily cap holds for who are decided one after the other in one transaction', async () => {
  const business = await aBusiness()
  const { accountId } = business
  await asAccount(business.world.db, accountId, (tx) =>
    tx.updateTable('accounts').set({ dailyCap: 1 }).where('id', '=', accountId).execute(),
  )
  const phones = [business.aPhone(), business.aPhone()]
  await callsThatEndTogether(business, ['anonymous', ...phones], 'unanswered')
  const texts = await Promise.all(phones.map(async (phone) => business.textsWith(await business.contactWith(phone))))
  assert.equal(texts.flat().length, 1)
})
