import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { test } from 'node:test'
import { signedHooks, telnyxEvent, twilioSignature } from '../signed.ts'
import { CALLER, type Json, MAIN, SALES, startWorld, until, type World } from '../world.ts'

const sid = () => `SM${randomUUID().replaceAll('-', '')}`

test('a recorded request of a carrier has no other effect than it had', async (t) => {
  const world = await startWorld(t)
  const hooks = signedHooks(world)
  const optedOut = async () => {
    const { data } = await world.api('GET', '/opt-outs')
    return data.some((one: Json) => one.phone === CALLER)
  }
  const start = { MessageSid: sid(), From: CALLER, To: MAIN, Body: 'START', NumMedia: '0' }

  await t.test('cut so that it has another id, it lifts no opt-out', async () => {
    assert.equal((await hooks.twilio('sms', start)).status, 200)
    assert.equal((await hooks.twilio('sms', { ...start, MessageSid: sid(), Body: 'STOP' })).status, 200)
    assert.equal(await optedOut(), true)
    const { NumMedia: _, ...rest } = start
    const cut = { ...rest, MessageSid: `${start.MessageSid}NumMedia0` }
    const answer = await hooks.twilio('sms', cut)
    assert.equal(answer.status, 400)
    assert.ok(answer.body.errors.some(({ field }: Json) => field === 'MessageSid'))
    assert.equal(await optedOut(), true)
    assert.equal((await hooks.twilio('sms', start)).status, 200, 'a plain repeat is taken')
    assert.equal(await optedOut(), true, 'and changes nothing')
  })

  await t.test('an address that leads elsewhere is none', async () => {
    const before = (await world.api('GET', '/messages')).data.length
    for (const [path, signedAs] of [
      // Another business with the same carrier account, whose requests have the same signature.
      ['/hooks/twilio/acme/main/sms/../../../other/main/sms', '/hooks/twilio/other/main/sms'],
      ['/hooks/twilio/acme/main/sms/%2e%2e/status', '/hooks/twilio/acme/main/status'],
      ['/hooks/twilio/acme/main/sms/..\\status', '/hooks/twilio/acme/main/status'],
      ['/hooks/twilio/acme/main/./sms', '/hooks/twilio/acme/main/sms'],
    ] as const) {
      const body = new URLSearchParams({ ...start, MessageSid: sid() }).toString()
      const signature = twilioSignature(`${world.url}${signedAs}`, body)
      const status = await postRaw(world, path, body, { 'x-twilio-signature': signature })
      assert.equal(status, 404, path)
    }
    assert.equal((await world.api('GET', '/messages')).data.length, before)
  })

  await t.test('a Telnyx receipt for one text says nothing about another', async () => {
    // The network's own receipts come much later.
    await world.network('PUT', '/clock', { speed: 0.01 })
    for (const phone of ['+13125550171', '+13125550172']) await world.missedCall(phone, SALES)
    const texts = await until(async () => {
      const { data } = await world.api('GET', '/messages')
      const sent = data.filter((one: Json) => one.direction === 'outbound' && one.from === SALES && one.carrierId)
      return sent.length === 2 && sent
    }, 'two texts at Telnyx')
    const [one, another] = texts
    const failed = telnyxEvent('message.finalized', {
      id: one.carrierId,
      to: [{ phone_number: one.to, status: 'delivery_failed' }],
      webhook_url: `${world.url}/hooks/telnyx/acme/alt/receipt/${one.id}`,
    })
    const statusOf = async (id: string) => (await world.api('GET', `/messages/${id}`)).status
    assert.equal((await hooks.telnyx(`receipt/${another.id}`, failed)).status, 200)
    assert.equal(await statusOf(another.id), 'accepted')
    assert.equal(await statusOf(one.id), 'undelivered', 'it still says what it says')
  })
})

/** Posts to the path as it is; `fetch` would resolve its dots. */
function postRaw(world: World, path: string, body: string, headers: Record<string, string>): Promise<number> {
  const { hostname, port } = new URL(world.url)
  const type = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(body)),
  }
  return new Promise((done, failed) => {
    const asked = request({ hostname, port, path, method: 'POST', headers: { ...type, ...headers } }, (answer) => {
      answer.resume()
      answer.on('end', () => done(answer.statusCode!))
    })
    asked.on('error', failed)
    asked.end(body)
  })
}
