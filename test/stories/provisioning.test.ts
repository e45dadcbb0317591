import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { demoTelnyx, demoTwilio } from '../../simulator/demo.ts'
import { ProvisionFault, parseProvisioning, provision } from '../../src/actions/accounts/provision.ts'
import { secretBox } from '../../src/store/secrets.ts'
import { rowCounts, withDatabase } from '../rows.ts'
import { type Json, MAIN, MIKE, SECRET_KEY, startWorld, type World } from '../world.ts'

/** The form in the documentation, filled in. */
const example = (world: World) => ({
  accounts: [
    {
      id: 'acme-hvac',
      name: 'Acme HVAC',
      timezone: 'America/New_York',
      country: 'US',
      plan: 'pro',
      users: [{ email: 'mike@hvac.test', name: 'Mike', password: 'a-password', role: 'owner' }],
      apiKeys: [{ name: 'ci', key: 'tb_a_key_for_the_example' }],
      carriers: [
        {
          id: 'main',
          kind: 'twilio',
          accountSid: demoTwilio.accountSid,
          authToken: demoTwilio.authToken,
          apiUrl: world.simulator.twilioUrl,
        },
        {
          id: 'alt',
          kind: 'telnyx',
          apiKey: demoTelnyx.apiKey,
          publicKey: demoTelnyx.publicKey,
          apiUrl: world.simulator.telnyxUrl,
        },
        { id: 'pbx', kind: 'generic', secret: 'a secret of the workshop' },
      ],
      numbers: [
        {
          number: '+12025550100',
          label: 'Main line',
          carrier: 'main',
          mode: 'forward',
          forwardTo: ['+12025550111'],
          ringSeconds: 20,
          segmentsPerSecond: 1,
          textBack: {
            enabled: true,
            cooldownMinutes: 0,
            message:
              "Hi {{first_name | there}}, sorry we missed your call. This is Mike from {{business}}. Reply here and I'll get right back to you.",
          },
        },
        {
          number: '+12025550101',
          label: 'Sales',
          carrier: 'main',
          mode: 'cfna',
          minRingSeconds: 3,
          textBack: { enabled: true },
        },
      ],
      dailyCap: 500,
      exclude: ['+12025550199'],
      blocked: [],
    },
  ],
})

test('the provisioning file', async (t) => {
  const world = await startWorld(t)
  const folder = await mkdtemp(join(tmpdir(), 'textback-provisioning-'))
  t.after(() => rm(folder, { recursive: true }))
  const path = join(folder, 'file.json')
  const apply = async (file: unknown) => {
    await writeFile(path, typeof file === 'string' ? file : JSON.stringify(file))
    return provision(world.app.world, secretBox(SECRET_KEY), path)
  }
  const faultsOf = async (file: unknown) => {
    try {
      await apply(file)
    } catch (error) {
      assert.ok(error instanceof ProvisionFault, String(error))
      assert.match(error.message, /has faults; nothing of it was applied/)
      return error.errors
    }
    return []
  }
  const everything = () =>
    withDatabase(world, '*', async (client) => {
      const rows = async (sql: string) => (await client.query(sql)).rows
      return {
        accounts: await rows('select * from accounts order by id'),
        members: await rows('select user_id, account_id, role from members order by 1, 2'),
        numbers: await rows('select account_id, number, ring_seconds, text_back_message from numbers order by 1, 2'),
        carriers: await rows('select account_id, id, kind from connections order by 1, 2'),
        listed: await rows('select account_id, list, address from listed_addresses order by 1, 2, 3'),
        keys: await rows('select account_id, name, hash from api_keys order by 1, 2'),
        stages: await rows('select account_id, name, position from stages order by 1, 3'),
      }
    })

  await t.test('of the documentation applies, and twice is the same as once', async () => {
    assert.deepEqual(await apply(example(world)), { accounts: ['acme-hvac'] })
    const once = await everything()
    await apply(example(world))
    assert.deepEqual(await everything(), once)
    const settings = await world.api('GET', '/settings', undefined, 'tb_a_key_for_the_example')
    assert.partialDeepStrictEqual(settings, { id: 'acme-hvac', name: 'Acme HVAC', dailyCap: 500, plan: 'pro' })
    const { data: numbers } = await world.api('GET', '/numbers', undefined, 'tb_a_key_for_the_example')
    assert.deepEqual(numbers.map((number: Json) => [number.number, number.mode, number.minRingSeconds]).toSorted(), [
      ['+12025550100', 'forward', 3],
      ['+12025550101', 'cfna', 3],
    ])
  })

  await t.test('changes what it names and deletes nothing', async () => {
    const file = example(world)
    const [account] = file.accounts
    account!.numbers.pop()
    account!.numbers[0]!.ringSeconds = 15
    Object.assign(account!, { name: 'Acme Heating', exclude: ['+12025550198'] })
    await apply(file)
    const key = 'tb_a_key_for_the_example'
    assert.equal((await world.api('GET', '/settings', undefined, key)).name, 'Acme Heating')
    assert.equal((await world.api('GET', `/numbers/${MAIN}`, undefined, key)).ringSeconds, 15)
    assert.equal((await world.api('GET', '/numbers', undefined, key)).data.length, 2)
    assert.equal((await world.api('GET', '/exclusions', undefined, key)).data.length, 2)
  })

  await t.test('with faults names each by its path, and nothing of it is applied', async () => {
    const before = [await everything(), await rowCounts(world)]
    const cases: [(account: Json, file: Json) => void, string[]][] = [
      [(a) => (a.numbers[1].ringSeconds = 5), ['accounts[0].numbers[1].ringSeconds']],
      [(a) => (a.numbers[0].number = '555'), ['accounts[0].numbers[0].number']],
      [(a) => (a.numbers[0].carrier = 'nobody'), ['accounts[0].numbers[0].carrier']],
      [(a) => (a.numbers[0].textsThrough = 'pbx'), ['accounts[0].numbers[0].textsThrough']],
      [(a) => (a.numbers[0].forwardTo = []), ['accounts[0].numbers[0].forwardTo']],
      [(a) => (a.numbers[0].forwardTo = ['5']), ['accounts[0].numbers[0].forwardTo[0]']],
      [(a) => (a.numbers[0].textBack.message = 'Hi {{nme}}'), ['accounts[0].numbers[0].textBack.message']],
      [(a) => (a.numbers[0].texBack = {}), ['accounts[0].numbers[0].texBack']],
      [(a) => (a.carriers[0].authToken = ''), ['accounts[0].carriers[0].authToken']],
      [(a) => (a.carriers[1].publicKey = 'short'), ['accounts[0].carriers[1].publicKey']],
      [(a) => (a.carriers[2].secret = 'short'), ['accounts[0].carriers[2].secret']],
      [(a) => (a.carriers[0].kind = 'generic'), ['accounts[0].carriers[0].secret']],
      [(a) => (a.carriers[0].kind = 'pigeon'), ['accounts[0].carriers[0].kind']],
      [(a) => (a.carriers[0].apiUrl = 'nowhere'), ['accounts[0].carriers[0].apiUrl']],
      [(a) => (a.users[0].email = 'mike'), ['accounts[0].users[0].email']],
      [(a) => (a.users[0].password = 'short'), ['accounts[0].users[0].password']],
      [(a) => (a.users[0].role = 'boss'), ['accounts[0].users[0].role']],
      [(a) => (a.apiKeys[0].key = 'tb_short'), ['accounts[0].apiKeys[0].key']],
      [(a) => (a.timezone = 'Mars'), ['accounts[0].timezone']],
      [(a) => (a.timezone = '+05:00'), ['accounts[0].timezone']],
      [(a) => (a.timezone = 'US/Pacific-New'), ['accounts[0].timezone']],
      [(a) => (a.dailyCap = 1.5), ['accounts[0].dailyCap']],
      [(a) => (a.exclude = ['x']), ['accounts[0].exclude[0]']],
      [(a) => (a.id = 'with space'), ['accounts[0].id']],
      [(a) => delete a.name, ['accounts[0].name']],
      [(_, file) => (file.acounts = []), ['acounts']],
      [(_, file) => (file.accounts = {}), ['accounts']],
      [(_, file) => file.accounts.push({ id: 'new', name: '' }), ['accounts[1].name']],
      // The first account is valid, and is not applied either.
      [
        (a, file) => {
          a.name = 'Changed'
          file.accounts.push({ id: 'new', name: 'New', numbers: [{ number: MIKE, carrier: 'main', mode: 'cfna' }] })
        },
        ['accounts[1].numbers[0].carrier'],
      ],
    ]
    for (const [spoil, fields] of cases) {
      const file: Json = example(world)
      spoil(file.accounts[0], file)
      const faults = await faultsOf(file)
      assert.deepEqual(
        faults.map((fault) => fault.field),
        fields,
        spoil.toString(),
      )
      for (const { message } of faults) assert.ok(message.length > 3)
    }
    assert.deepEqual([await everything(), await rowCounts(world)], before)
  })

  await t.test(
    'with a number that another one rings is refused, whichever comes first, and at each start',
    async () => {
      const circles = 'is one of your own numbers here; calls would go round in circles'
      const before = await everything()
      for (const [from, to] of [
        [0, 1],
        [1, 0],
      ] as const) {
        const file: Json = example(world)
        const { numbers } = file.accounts[0]
        Object.assign(numbers[from], { forwardTo: [numbers[to].number] })
        for (const _ of ['once', 'again'])
          assert.deepEqual(await faultsOf(file), [
            { field: `accounts[0].numbers[${from}].forwardTo[0]`, message: circles },
          ])
      }
      assert.deepEqual(await everything(), before)
      // A target that the same file removes makes no circle.
      const file: Json = example(world)
      const [main] = file.accounts[0].numbers
      const own = { number: main.forwardTo[0], carrier: 'main', mode: 'cfna' }
      file.accounts[0].numbers = [own]
      assert.deepEqual(await faultsOf(file), [
        {
          field: 'accounts[0].numbers[0].number',
          message: 'is the phone that your number +12025550100 rings; calls would go round in circles',
        },
      ])
      file.accounts[0].numbers = [own, { ...main, forwardTo: ['+12025550112'] }]
      assert.deepEqual(await faultsOf(file), [])
    },
  )

  await t.test('with anything in it twice is refused, and both are named', async () => {
    const before = await everything()
    const again = (list: Json[], more: Json = {}) => list.push({ ...list[0], ...more })
    const cases: [(account: Json, file: Json) => void, string, string][] = [
      [
        (a) => again(a.numbers, { number: '(202) 555-0100' }),
        'accounts[0].numbers[2].number',
        'accounts[0].numbers[0]',
      ],
      [(a) => again(a.carriers), 'accounts[0].carriers[3].id', 'accounts[0].carriers[0]'],
      [
        (a) => again(a.apiKeys, { key: 'tb_another_key_than_ci' }),
        'accounts[0].apiKeys[1].name',
        'accounts[0].apiKeys[0]',
      ],
      [(a) => again(a.apiKeys, { name: 'cd' }), 'accounts[0].apiKeys[1].key', 'accounts[0].apiKeys[0]'],
      [(a) => again(a.users, { email: 'Mike@HVAC.test' }), 'accounts[0].users[1].email', 'accounts[0].users[0]'],
      [(_, file) => file.accounts.push({ id: 'acme-hvac', name: 'Acme' }), 'accounts[1].id', 'accounts[0]'],
    ]
    for (const [spoil, field, first] of cases) {
      const file: Json = example(world)
      spoil(file.accounts[0], file)
      assert.deepEqual(await faultsOf(file), [{ field, message: `is in the file twice (${first})` }])
    }
    const file: Json = example(world)
    const [mike] = file.accounts[0].users
    file.accounts.push({ id: 'second', name: 'Second', users: [{ ...mike, password: 'another-password' }] })
    assert.deepEqual(await faultsOf(file), [
      { field: 'accounts[1].users[0].password', message: 'is another one at accounts[0].users[0]' },
    ])
    assert.deepEqual(await everything(), before)
  })

  await t.test('that is no file, or no JSON', async () => {
    assert.match((await faultsOf('{"accounts": ['))[0]!.message, /is not JSON/)
    assert.match((await faultsOf('[]'))[0]!.message, /./)
    await assert.rejects(provision(world.app.world, secretBox(SECRET_KEY), join(folder, 'none.json')), /cannot be read/)
  })

  await t.test('that gives a key or a short name to two', async () => {
    const before = await everything()
    const thief: Json = example(world)
    thief.accounts[0].id = 'thief'
    const renamed: Json = example(world)
    renamed.accounts[0].apiKeys[0].name = 'tests'
    const shouting: Json = example(world)
    shouting.accounts[0].id = 'ACME-HVAC'
    const faults = [await faultsOf(thief), await faultsOf(renamed), await faultsOf(shouting)].flat()
    assert.deepEqual(faults, [
      { field: 'accounts[0].apiKeys[0].key', message: 'belongs to another account; make another one' },
      { field: 'accounts[0].apiKeys[0].key', message: 'has the name “ci” here; make another one' },
      { field: 'accounts[0].id', message: 'is taken: account acme-hvac has the short name acme-hvac' },
    ])
    assert.deepEqual(await everything(), before)
  })
})

test('whatever a provisioning file holds, it is read or its faults are named', () => {
  const phone = fc.constantFrom('+12025550100', '+12025550111', '555', '')
  const text = fc.oneof(fc.string(), fc.constantFrom('acme', 'main', 'twilio', 'tb_0123456789abcdef', 'US', 'cfna'))
  const any = (value: fc.Arbitrary<unknown>) => fc.oneof({ weight: 3, arbitrary: value }, fc.anything())
  const object = (fields: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, any(value)])), {
      requiredKeys: [],
    })
  const number = object({
    number: phone,
    carrier: text,
    mode: text,
    forwardTo: fc.array(phone),
    textBack: object({ message: text }),
  })
  const account = object({
    id: text,
    name: text,
    timezone: text,
    users: fc.array(object({ email: text, name: text, password: text, role: text })),
    carriers: fc.array(object({ id: text, kind: text, authToken: text })),
    numbers: fc.array(number),
    exclude: fc.array(phone),
  })
  fc.assert(
    fc.property(any(fc.record({ accounts: any(fc.array(account, { maxLength: 2 })) })), (file) => {
      try {
        for (const read of parseProvisioning(file).accounts) assert.equal(typeof read.id, 'string')
      } catch (error) {
        assert.ok(error instanceof ProvisionFault, String(error))
        assert.ok(error.errors.length > 0)
        for (const { message } of error.errors) assert.ok(message)
      }
    }),
    { numRuns: 300 },
  )
})
