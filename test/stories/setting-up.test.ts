import assert from 'node:assert/strict'
import { test } from 'node:test'
import { demoTelnyx, demoTwilio } from '../../simulator/demo.ts'
import { withDatabase } from '../rows.ts'
import { type Json, MAIN, MIKE, SALES, startWorld, until, WORKSHOP } from '../world.ts'

const NEW_LINE = '+12025550107'

test('a carrier connection', async (t) => {
  const world = await startWorld(t)
  const { api, ask } = world
  const twilio = { kind: 'twilio', accountSid: demoTwilio.accountSid, apiUrl: world.simulator.twilioUrl }
  const telnyx = { kind: 'telnyx', publicKey: demoTelnyx.publicKey, apiUrl: world.simulator.telnyxUrl }

  await t.test('proves its credentials and lists the carrier’s numbers', async () => {
    for (const [body, number] of [
      [{ ...twilio, id: 'second', label: 'Again', authToken: demoTwilio.authToken }, MAIN],
      [{ ...telnyx, id: 'third', apiKey: demoTelnyx.apiKey }, SALES],
    ] as const) {
      const made = await api('POST', '/carriers', body)
      assert.equal(made.trouble, null)
      assert.ok(made.checkedAt)
      assert.equal(made.hooksUrl, `${world.url}/hooks/${body.kind}/acme/${body.id}`)
      const found = made.foundNumbers.find((n: Json) => n.number === number)
      assert.deepEqual([found.canCall, found.canText], [true, true])
    }
  })

  await t.test('with wrong credentials is kept, and says what is wrong and what to do', async () => {
    for (const body of [
      { ...twilio, id: 'wrong', authToken: 'a-token-of-yesterday' },
      { ...telnyx, id: 'wrong-too', apiKey: 'KEY_of_yesterday' },
    ]) {
      const made = await api('POST', '/carriers', body)
      assert.match(made.trouble.sentence, /does not accept/)
      assert.match(made.trouble.nextStep, /./)
      assert.deepEqual((await api('GET', `/carriers/${body.id}`)).trouble, made.trouble)
    }
    const mended = await api('POST', '/carriers', { ...twilio, id: 'wrong', authToken: demoTwilio.authToken })
    assert.equal(mended.trouble, null)
    assert.equal((await api('POST', '/carriers/wrong/check', {})).trouble, null)
  })

  await t.test(
    'sent again with new credentials keeps what is not sent: its label, and its messaging profile',
    async () => {
      const body = { ...telnyx, id: 'profiled', apiKey: demoTelnyx.apiKey }
      const profile = async () =>
        (await world.app.world.connections.find('acme', 'profiled'))!.credentials.messagingProfileId
      await api('POST', '/carriers', { ...body, label: 'Sales line', messagingProfileId: 'a-profile-of-ours' })
      const again = await api('POST', '/carriers', body)
      assert.deepEqual([again.label, await profile()], ['Sales line', 'a-profile-of-ours'])
      // Said to be none, it is none.
      const emptied = await api('POST', '/carriers', { ...body, label: '', messagingProfileId: '' })
      assert.deepEqual([emptied.label, await profile()], ['', undefined])
      // Another Telnyx account, by its public key, knows nothing of the profile.
      await api('POST', '/carriers', { ...body, messagingProfileId: 'a-profile-of-ours' })
      await api('POST', '/carriers', { ...body, publicKey: Buffer.alloc(32, 7).toString('base64') })
      assert.equal(await profile(), undefined)
      await api('DELETE', '/carriers/profiled')
    },
  )

  await t.test('wrongly typed names every field, and nothing is written', async () => {
    const cases: [Json, string[]][] = [
      [{ id: 'bad', kind: 'twilio' }, ['accountSid', 'authToken']],
      [{ id: 'bad', kind: 'telnyx', apiKey: 'two words', publicKey: 'short' }, ['apiKey', 'publicKey']],
      [{ id: 'bad', kind: 'generic', secret: 'short' }, ['secret']],
      [{ id: 'Bad Id', kind: 'twilio' }, ['id']],
      [{ id: 'bad', kind: 'pigeon' }, ['kind']],
      [{ ...telnyx, id: 'main', apiKey: 'KEY' }, ['kind']],
    ]
    for (const [body, fields] of cases) {
      const wrong = await ask('POST', '/api/v1/carriers', body)
      assert.equal(wrong.status, 400)
      assert.deepEqual(
        wrong.body.errors.map((error: Json) => error.field),
        fields,
      )
    }
    assert.equal((await ask('GET', '/api/v1/carriers/bad')).status, 404)
    assert.equal((await api('GET', '/carriers/main')).kind, 'twilio')
    const { body } = await ask('POST', '/api/v1/carriers', { id: 'bad', kind: 'pigeon' })
    assert.deepEqual(body.errors, [{ field: 'kind', message: 'must be one of twilio, telnyx, generic' }])
  })

  await t.test('which there are, and what each wants to know, is in the API description', async () => {
    const { post } = (await ask('GET', '/api/openapi.json')).body.paths['/api/v1/carriers']
    assert.match(post.description, /Twilio \(`twilio`\): `accountSid`, .*Telnyx.*`publicKey`, .*PBX.*`secret`, /)
    const { kind } = post.requestBody.content['application/json'].schema.properties
    assert.deepEqual(kind.enum, ['twilio', 'telnyx', 'generic'])
  })

  await t.test('never shows its secrets, not even in the database', async () => {
    const text = JSON.stringify([await api('GET', '/carriers'), await api('GET', '/carriers/main')])
    const stored = await withDatabase(world, '*', async (client) => {
      const { rows } = await client.query('select * from connections')
      return rows.map((row) => `${JSON.stringify(row)} ${row.secrets.toString('latin1')}`).join('\n')
    })
    for (const secret of [demoTwilio.authToken, demoTelnyx.apiKey])
      for (const where of [text, stored]) assert.ok(!where.includes(secret))
  })

  await t.test('with numbers cannot be deleted; without, it is gone at once', async () => {
    const refused = await ask('DELETE', '/api/v1/carriers/main')
    assert.equal(refused.status, 409)
    assert.match(refused.body.detail, /\+12025550100/)
    await api('DELETE', '/carriers/second')
    assert.equal((await ask('GET', '/api/v1/carriers/second')).status, 404)
    const { status } = await ask(
      'POST',
      '/hooks/twilio/acme/second/voice',
      'CallSid=CA00000000000000000000000000000001',
      {
        'content-type': 'application/x-www-form-urlencoded',
      },
    )
    assert.equal(status, 404)
  })

  await t.test('that only texts leave through cannot be deleted either', async () => {
    await api('POST', '/carriers', { ...twilio, id: 'texts', authToken: demoTwilio.authToken })
    await api('PATCH', `/numbers/${SALES}`, { textsThrough: 'texts' })
    const refused = await ask('DELETE', '/api/v1/carriers/texts')
    assert.equal(refused.status, 409)
    await api('PATCH', `/numbers/${SALES}`, { textsThrough: null })
    await api('DELETE', '/carriers/texts')
  })
})

test('a number', async (t) => {
  const world = await startWorld(t)
  const { api, ask } = world
  const configured = (number: string, since: string | null = null): Promise<Json> =>
    until(async () => {
      const line = await api('GET', `/numbers/${number}`)
      return line.configuredAt && line.configuredAt !== since && line
    }, `a configuration of ${number}`)

  await t.test('saved is in force for the next call', async () => {
    await world.missedCall('+13125550101', SALES)
    await api('PATCH', `/numbers/${SALES}`, { textBack: { message: '{{business}}: we will call you.' } })
    await world.missedCall('+13125550102', SALES)
    assert.match((await world.textsOn('+13125550101'))[0].body, /^Hi there/)
    assert.equal((await world.textsOn('+13125550102'))[0].body, 'Acme HVAC: we will call you.')
    const line = await api('GET', `/numbers/${SALES}`)
    assert.equal(line.textBack.cooldownMinutes, 0)
    assert.equal(line.label, 'Sales')
  })

  await t.test('rings as long as it is set to, and whom', async () => {
    const target = '+12025550112'
    await api('PATCH', `/numbers/${MAIN}`, { ringSeconds: 18, forwardTo: [target] })
    const id = await world.ringing('+13125550103', MAIN, target)
    await world.network('POST', `/calls/${id}/hangup`, {})
    const wire: Json[] = await world.network('GET', '/wire')
    const twiml = wire.filter((one) => /\/voice$/.test(one.url.split('#')[0])).at(-1)!.answer
    assert.match(twiml, /<Dial[^>]*timeout="18"/)
    await api('PATCH', `/numbers/${MAIN}`, { forwardTo: [MIKE], ringSeconds: 20 })
  })

  await t.test('is told about a ring time outside 15 to 20 s, and cannot have one outside 10 to 60', async () => {
    const adviceAt = async (ringSeconds: number) =>
      (await api('PATCH', `/numbers/${MAIN}`, { ringSeconds })).advice.filter((a: Json) => a.field === 'ringSeconds')
    assert.deepEqual(await adviceAt(15), [])
    assert.deepEqual(await adviceAt(20), [])
    assert.match((await adviceAt(25))[0].message, /voicemail/)
    assert.match((await adviceAt(12))[0].message, /few people/)
    for (const ringSeconds of [9, 61, 15.5, '20', null]) {
      const wrong = await ask('PATCH', `/api/v1/numbers/${MAIN}`, { ringSeconds })
      assert.equal(wrong.status, 400)
      assert.equal(wrong.body.errors[0].field, 'ringSeconds')
    }
    assert.equal((await api('GET', `/numbers/${MAIN}`)).ringSeconds, 12)
  })

  await t.test('wrongly set names every field, and nothing is saved', async () => {
    const cases: [Json, string[]][] = [
      [{ number: NEW_LINE }, ['number']],
      [{ carrier: 'nobody' }, ['carrier']],
      [{ textsThrough: 'pbx' }, ['textsThrough']],
      [{ carrier: 'pbx', textsThrough: null }, ['textsThrough']],
      [{ forwardTo: [MAIN] }, ['forwardTo[0]']],
      [{ textBack: { message: 'Hi {{nme}}', cooldown: 5 } }, ['textBack.message', 'textBack.cooldown']],
      [{ textBack: 'on' }, ['textBack']],
      [{ colour: 'red' }, ['colour']],
    ]
    // Jobs set the webhooks at the carrier, including those of earlier tests.
    const saved = async () => ({ ...(await api('GET', `/numbers/${MAIN}`)), configured: null, configuredAt: null })
    const before = await saved()
    for (const [body, fields] of cases) {
      const wrong = await ask('PATCH', `/api/v1/numbers/${MAIN}`, body)
      assert.equal(wrong.status, 400, JSON.stringify(body))
      assert.deepEqual(wrong.body.errors.map((error: Json) => error.field).toSorted(), fields.toSorted())
    }
    assert.deepEqual(await saved(), before)
    const { body } = await ask('PATCH', `/api/v1/numbers/${MAIN}`, { textsThrough: 'pbx' })
    assert.equal(
      body.errors[0].message,
      'must name a Twilio or Telnyx connection: a PBX brings the calls but cannot send texts',
    )
  })

  await t.test('points its webhooks at us, step by step', async () => {
    const main = await configured(MAIN)
    assert.equal(main.configured.ok, true)
    const hooks = `${world.url}/hooks/twilio/acme/main`
    const values = main.configured.steps.map((step: Json) => step.value.split('#')[0])
    assert.deepEqual(values, [`${hooks}/voice`, `${hooks}/status`, `${hooks}/sms`])
    const sales = await configured(SALES)
    assert.equal(sales.configured.ok, true)
    const places = new Set(sales.configured.steps.map((step: Json) => step.value))
    assert.deepEqual([...places], [`${world.url}/hooks/telnyx/acme/alt/events`])
  })

  await t.test('that its carrier does not have says so, and is mended by trying again', async () => {
    await api('POST', '/numbers', { number: NEW_LINE, carrier: 'main', forwardTo: [MIKE] })
    const failed = await configured(NEW_LINE)
    assert.equal(failed.configured.ok, false)
    const [{ trouble }] = failed.configured.steps
    assert.match(trouble.sentence, /does not belong to the Twilio account/)
    assert.match(trouble.nextStep, /connect the Twilio account that owns it/)

    const { accountSid, authToken } = demoTwilio
    await world.network('PUT', '/config', { twilio: [{ accountSid, authToken, numbers: [{ number: NEW_LINE }] }] })
    assert.equal((await ask('POST', `/api/v1/numbers/${NEW_LINE}/configure`)).status, 202)
    assert.equal((await configured(NEW_LINE, failed.configuredAt)).configured.ok, true)
    await world.missedCall('+13125550104', NEW_LINE)
    await world.textsOn('+13125550104')
  })

  await t.test('is added once, and deleted with its calls kept', async () => {
    const again = await ask('POST', '/api/v1/numbers', { number: NEW_LINE, carrier: 'main', forwardTo: [MIKE] })
    assert.equal(again.status, 409)
    await api('DELETE', `/numbers/${NEW_LINE}`)
    assert.equal((await ask('GET', `/api/v1/numbers/${NEW_LINE}`)).status, 404)
    const [call] = await world.callsFrom('+13125550104')
    assert.equal((await api('GET', `/calls/${call.id}`)).number, NEW_LINE)
  })
})

test('a number of a PBX texts through Twilio, which is told nothing of its calls', async (t) => {
  const world = await startWorld(t)
  const { configured } = await world.api('GET', `/numbers/${encodeURIComponent(WORKSHOP)}`)
  assert.deepEqual(
    configured.steps.map((step: Json) => [step.carrier, step.what]),
    [
      ['pbx', 'Let your phone system post each finished call to'],
      ['main', 'Texts go to'],
    ],
  )
})

test('a text through a connection that sends none is refused, and says what to do', async (t) => {
  const world = await startWorld(t)
  // No setting leads here: a number like this is refused earlier.
  await withDatabase(world, '*', (client) =>
    client.query("update numbers set texts_connection_id = 'pbx' where number = $1", [MAIN]),
  )
  const { id } = await world.api('POST', '/messages', { from: MAIN, to: '+12025550143', body: 'Hello' })
  const refused = await until(async () => {
    const message = await world.api('GET', `/messages/${id}`)
    return message.status === 'refused' && message
  })
  assert.equal(refused.trouble.sentence, 'A connection that only brings calls sends no texts.')
  assert.equal(refused.trouble.nextStep, 'Choose a Twilio or Telnyx connection for the texts of this number.')
})

test('a number cannot ring another number of ours', async (t) => {
  const world = await startWorld(t)
  const { status, body } = await world.ask('PATCH', `/api/v1/numbers/${encodeURIComponent(MAIN)}`, {
    forwardTo: [SALES],
  })
  assert.equal(status, 400)
  assert.deepEqual(
    body.errors.map((error: Json) => error.field),
    ['forwardTo[0]'],
  )
})
