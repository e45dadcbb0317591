import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import pg from 'pg'
import { pino } from 'pino'
import { makeApp } from '../../src/app.ts'
import { openDatabase } from '../../src/store/db.ts'
import { signInKey } from '../../src/store/secrets.ts'
import { makeVendors } from '../../src/vendors/vendors.ts'
import { testDatabase } from '../postgres.ts'
import { withDatabase } from '../rows.ts'
import { pbxHeaders, signedHooks } from '../signed.ts'
import { type Json, PBX_SECRET, SECRET_KEY, startWorld, until, WORKSHOP } from '../world.ts'

const NEW_KEY = 'another key of thirty-two letters'
const THIRD_KEY = 'a third key, also of enough letters'

const root = resolve(import.meta.dirname, '../..')

type Done = { code: number | null; said: string }

/** Runs bin/rotate-key's program with nothing of this environment but where things are. */
function rotateKey(env: Record<string, string>, ...args: string[]): { child: ChildProcess; done: Promise<Done> } {
  const { PATH = '', HOME = '/' } = process.env
  const child = spawn('node', [join(root, 'src/rotateKey.ts'), ...args], { env: { PATH, HOME, ...env } })
  let said = ''
  for (const out of [child.stdout, child.stderr]) out.on('data', (chunk) => (said += chunk))
  return { child, done: new Promise((done) => child.on('close', (code) => done({ code, said }))) }
}

/** A business with three connections, two webhooks (one of them rotated) and a second factor; then Textback is stopped. */
async function stoppedBusiness(t: TestContext) {
  const database = await testDatabase()
  // Not by openDatabase: its connections would look like a running Textback.
  const client = new pg.Client({ ...database.config, options: '-c search_path=textback,public' })
  await client.connect()
  t.after(() => client.end().then(database.drop))
  await client.query("select set_config('textback.account', '*', false)")
  const query = async (sql: string, values: unknown[] = []): Promise<Json[]> => (await client.query(sql, values)).rows
  const folder = await mkdtemp(join(tmpdir(), 'textback-key-'))
  t.after(() => rm(folder, { recursive: true }))
  const path = join(folder, 'provisioning.json')
  await writeFile(path, JSON.stringify(BUSINESS))
  const { vendors, close } = makeVendors()
  t.after(close)
  const start = async (secretKey: string, provision: string | null = null) => {
    const db = await openDatabase(database.config, 2)
    const parts = { db, vendors, log: pino({ level: 'silent' }), publicUrl: 'http://127.0.0.1:3000', allowApiUrl: true }
    return makeApp({ ...parts, secretKey, provision }).catch(async (error) => {
      await db.close()
      throw error
    })
  }
  const starts = async (secretKey: string) => (await start(secretKey)).stop()
  const inject = async (secretKey: string, method: 'GET' | 'POST' | 'PATCH', url: string, body?: Json) => {
    const app = await start(secretKey)
    try {
      const headers = { authorization: 'Bearer tb_key_of_the_business' }
      const answer = await app.server.inject({ method, url: `/api/v1${url}`, headers, ...(body && { payload: body }) })
      return answer.json() as Json
    } finally {
      await app.stop()
    }
  }
  /** An empty report of the PBX: 400 when its signature holds, 403 when it does not. */
  const askedByPbx = async (secretKey: string) => {
    const app = await start(secretKey)
    const headers = { 'content-type': 'application/json', ...pbxHeaders('{}') }
    const { statusCode } = await app.server.inject({
      method: 'POST',
      url: '/hooks/generic/acme/pbx/calls',
      headers,
      payload: '{}',
    })
    await app.stop()
    return statusCode
  }
  await (await start(SECRET_KEY, path)).stop()
  const first = await inject(SECRET_KEY, 'POST', '/webhooks', { url: 'http://127.0.0.1:9/first' })
  await inject(SECRET_KEY, 'POST', '/webhooks', { url: 'http://127.0.0.1:9/second' })
  await inject(SECRET_KEY, 'POST', `/webhooks/${first.id}/rotate`)
  await haveSecondFactor(query)
  return { DATABASE_URL: database.url, starts, inject, askedByPbx, query, first, folder }
}

const BUSINESS = {
  accounts: [
    {
      id: 'acme',
      name: 'Acme HVAC',
      apiKeys: [{ name: 'tests', key: 'tb_key_of_the_business' }],
      carriers: ['pbx', 'pbx2', 'pbx3'].map((id) => ({ id, kind: 'generic', secret: PBX_SECRET })),
    },
  ],
}

type Query = (sql: string, values?: unknown[]) => Promise<Json[]>

/** The table of better-auth's plugin. */
async function haveSecondFactor(query: Query): Promise<void> {
  await query(`create table if not exists textback.two_factors
    (id text primary key, user_id text not null, secret text not null, backup_codes text not null)`)
  await query('alter table textback.users add column if not exists two_factor_enabled boolean not null default false')
  await query(`insert into users (id, name, email, two_factor_enabled) values ('mike', 'Mike', 'mike@acme.test', true)`)
  const sealed = (data: string) => symmetricEncrypt({ key: signInKey(SECRET_KEY), data })
  await query(`insert into two_factors (id, user_id, secret, backup_codes) values ('one', 'mike', $1, $2)`, [
    await sealed('JBSWY3DPEHPK3PXP'),
    await sealed('["first-code"]'),
  ])
  await query(
    `insert into sessions (id, expires_at, token, user_id) values ('s', now() + interval '1 day', 't', 'mike')`,
  )
}

const sealedBytes = (query: Query) =>
  query(`select (select json_agg(secrets::text order by id) from connections) as connections,
    (select json_agg(json_build_array(secret::text, previous_secret::text) order by id) from webhooks) as webhooks`)

test('the secret key is changed, and everything that it sealed opens with the new one', async (t) => {
  const { DATABASE_URL, starts, inject, askedByPbx, query, first } = await stoppedBusiness(t)
  const env = { DATABASE_URL, SECRET_KEY, NEW_SECRET_KEY: NEW_KEY }

  await t.test('both keys are needed, and must differ', async () => {
    const missing = await rotateKey({ DATABASE_URL, SECRET_KEY }).done
    assert.deepEqual([missing.code, /NEW_SECRET_KEY is missing/.test(missing.said)], [1, true], missing.said)
    const same = await rotateKey({ DATABASE_URL, SECRET_KEY, NEW_SECRET_KEY: SECRET_KEY }).done
    assert.match(same.said, /the same as SECRET_KEY/)
    const short = await rotateKey({ DATABASE_URL, SECRET_KEY, NEW_SECRET_KEY: 'short' }).done
    assert.match(short.said, /NEW_SECRET_KEY must have at least 32 characters/)
  })

  await t.test('a wrong old key changes nothing, and says what it does not open', async () => {
    const before = await sealedBytes(query)
    const refused = await rotateKey({ DATABASE_URL, SECRET_KEY: THIRD_KEY, NEW_SECRET_KEY: NEW_KEY }).done
    assert.equal(refused.code, 1)
    assert.match(
      refused.said,
      /opens\n {2}the credentials of connection acme\/pbx\n[\s\S]*the old secret of webhook[\s\S]*Nothing was changed/,
    )
    assert.deepEqual(await sealedBytes(query), before)
  })

  await t.test('killed in the middle, the old key is still in force', async () => {
    const before = await sealedBytes(query)
    await query(
      `create function textback.linger() returns trigger language plpgsql as $$ begin perform pg_sleep(2); return new; end $$`,
    )
    await query('create trigger linger before update on webhooks for each row execute function linger()')
    const { child, done } = rotateKey(env)
    await until(
      async () =>
        (
          await query(
            "select from pg_stat_activity where datname = current_database() and query like 'update \"webhooks\"%' and state = 'active' and pid <> pg_backend_pid()",
          )
        ).length > 0,
      'the middle of the change',
    )
    child.kill('SIGKILL')
    await done
    await until(
      async () =>
        (await query('select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'))
          .length === 0,
      'its end',
    )
    assert.deepEqual(await sealedBytes(query), before)
    await starts(SECRET_KEY)
    await query('drop function textback.linger cascade')
  })

  await t.test('the same command goes on then, and may be given twice', async () => {
    const changed = await rotateKey(env).done
    assert.deepEqual(
      [changed.code, changed.said],
      [
        0,
        'Sealed with the new key: 8 values. Everybody signs in again.\nGive the new key as SECRET_KEY from now on, and take NEW_SECRET_KEY away.\n',
      ],
    )
    const after = await sealedBytes(query)
    assert.equal((await rotateKey(env).done).code, 0)
    assert.deepEqual(await sealedBytes(query), after)
  })

  await t.test('Textback starts with the new key, and no more with the old one', async () => {
    await assert.rejects(starts(SECRET_KEY), /does not open 8 of 8 values.*--key-is-lost/)
    await starts(NEW_KEY)
    assert.equal(await askedByPbx(NEW_KEY), 400)
    const { secret } = await inject(NEW_KEY, 'POST', `/webhooks/${first.id}/rotate`)
    assert.match(secret, /^whsec_/)
    const [row] = await query('select secret from two_factors')
    assert.equal(await symmetricDecrypt({ key: signInKey(NEW_KEY), data: row.secret }), 'JBSWY3DPEHPK3PXP')
    assert.deepEqual(await query('select id from sessions'), [])
  })
})

test('the key in DATA_DIR is changed by itself, and a change that was cut off is finished', async (t) => {
  const { DATABASE_URL, starts, folder } = await stoppedBusiness(t)
  const env = { DATABASE_URL, DATA_DIR: folder }
  const key = (name: string) => readFile(join(folder, name), 'utf8').then((text) => text.trim())
  const missing = await rotateKey(env).done
  assert.match(missing.said, /There is no key to change: neither SECRET_KEY nor .*secret\.key/)
  await writeFile(join(folder, 'secret.key'), `${SECRET_KEY}\n`)

  const changed = await rotateKey(env).done
  assert.equal(changed.code, 0, changed.said)
  assert.match(changed.said, /The old one is in .*secret\.key\.old: a backup from before needs it/)
  const made = await key('secret.key')
  assert.notEqual(made, SECRET_KEY)
  assert.equal(await key('secret.key.old'), SECRET_KEY)
  await starts(made)

  await t.test('cut off before its end: the next run takes the same new key', async () => {
    await rename(join(folder, 'secret.key'), join(folder, 'secret.key.new'))
    await rename(join(folder, 'secret.key.old'), join(folder, 'secret.key'))
    const other = await rotateKey({ ...env, NEW_SECRET_KEY: NEW_KEY }).done
    assert.match(other.said, /An earlier change was interrupted/)
    assert.equal((await rotateKey(env).done).code, 0)
    assert.equal(await key('secret.key'), made)
    await assert.rejects(key('secret.key.new'), { code: 'ENOENT' })
    await starts(made)
  })

  await t.test('cut off before its beginning: the next run takes the same new key', async () => {
    await writeFile(join(folder, 'secret.key.new'), `${THIRD_KEY}\n`)
    await starts(made)
    assert.equal((await rotateKey(env).done).code, 0)
    assert.deepEqual([await key('secret.key'), await key('secret.key.old')], [THIRD_KEY, made])
    await starts(THIRD_KEY)
  })

  await t.test('of two at once no key is lost, whether one waits or both refuse', async () => {
    await Promise.all([rotateKey(env).done, rotateKey(env).done])
    await starts(await key('secret.key'))
    assert.equal((await rotateKey(env).done).code, 0)
    await starts(await key('secret.key'))
  })
})

test('the key is not changed while Textback runs', async (t) => {
  const world = await startWorld(t)
  const env = { DATABASE_URL: world.database.url, SECRET_KEY, NEW_SECRET_KEY: NEW_KEY }
  for (const args of [[], ['--key-is-lost']]) {
    const refused = await rotateKey(env, ...args).done
    assert.equal(refused.code, 1)
    assert.match(refused.said, /Textback is running on this database .*Stop every process first: each has the old key/)
  }
  assert.equal((await signedHooks(world).generic({})).status, 400, 'the secret of the PBX still opens')
})

test('a key that does not open everything is refused at the start', async (t) => {
  const { starts, query } = await stoppedBusiness(t)
  const sealedElsewhere = '(select set_byte(secret, 40, get_byte(secret, 40) # 1) from webhooks where id = w.id)'
  const [{ id }] = (await query('select id from webhooks order by id limit 1')) as [Json]

  await t.test('with the name of what it does not open', async () => {
    await query(`update webhooks w set secret = ${sealedElsewhere} where id = $1`, [id])
    await assert.rejects(
      starts(SECRET_KEY),
      new RegExp(`does not open 1 of 8 values \\(the secret of webhook acme/${id}\\)`),
    )
    await query(`update webhooks w set secret = ${sealedElsewhere} where id = $1`, [id])
    await starts(SECRET_KEY)
  })

  await t.test('also where there is nothing but webhooks', async () => {
    await query('delete from connections')
    await query('delete from two_factors')
    await assert.rejects(starts(NEW_KEY), /does not open 3 of 3 values/)
  })
})

test('after a lost key, what it sealed is entered again', async (t) => {
  const { DATABASE_URL, starts, inject, askedByPbx, query, first } = await stoppedBusiness(t)
  await query(
    `insert into numbers (account_id, number, connection_id, greeting, text_back_message) values ('acme', $1, 'pbx', 'Hello', 'Hello')`,
    [WORKSHOP],
  )
  await assert.rejects(starts(NEW_KEY), /If the key is lost, bin\/rotate-key --key-is-lost/)
  const { code, said } = await rotateKey({ DATABASE_URL, SECRET_KEY: NEW_KEY }, '--key-is-lost').done
  assert.equal(code, 0, said)
  assert.match(said, /Forgotten.*\n {2}the credentials of connection acme\/pbx\n[\s\S]*the recovery codes one/)

  await t.test('Textback starts, says what is missing, and everything else is there', async () => {
    await starts(NEW_KEY)
    const { data: carriers } = await inject(NEW_KEY, 'GET', '/carriers')
    assert.equal(carriers.length, 3)
    assert.equal(await askedByPbx(NEW_KEY), 403)
    for (const { trouble } of carriers)
      assert.deepEqual(trouble, {
        code: null,
        sentence: 'The credentials of this connection were lost with the key of this server.',
        nextStep: 'Enter them again: Change credentials.',
      })
    assert.equal((await inject(NEW_KEY, 'GET', '/numbers')).data.length, 1)
    const { data: webhooks } = await inject(NEW_KEY, 'GET', '/webhooks')
    assert.deepEqual(
      webhooks.map((w: Json) => [w.enabled, w.disabledWhy, w.previousSignsUntil]),
      [
        [false, 'secret_lost', null],
        [false, 'secret_lost', null],
      ],
    )
    const { data: audit } = await inject(NEW_KEY, 'GET', '/audit')
    assert.equal(audit.filter((event: Json) => event.data.why === 'secret_lost').length, 2)
    assert.deepEqual(await query('select two_factor_enabled as on from users'), [{ on: false }])
    assert.deepEqual(await query('select id from two_factors'), [])
  })

  await t.test('credentials are entered again, and a webhook gets a new secret', async () => {
    const again = { id: 'pbx', kind: 'generic', secret: PBX_SECRET }
    assert.equal((await inject(NEW_KEY, 'POST', '/carriers', again)).trouble, null)
    assert.equal(await askedByPbx(NEW_KEY), 400)
    assert.match((await inject(NEW_KEY, 'POST', `/webhooks/${first.id}/rotate`)).secret, /^whsec_/)
    assert.equal((await inject(NEW_KEY, 'PATCH', `/webhooks/${first.id}`, { enabled: true })).enabled, true)
    await starts(NEW_KEY)
  })

  await t.test('and there is nothing more to forget', async () => {
    const { said } = await rotateKey({ DATABASE_URL, SECRET_KEY: NEW_KEY }, '--key-is-lost').done
    assert.match(said, /Nothing was forgotten/)
  })
})

test('every column of bytes is a hash, or is sealed and known to the change of the key', async (t) => {
  const world = await startWorld(t)
  const columns = await withDatabase(world, '*', async (client: pg.Client) => {
    const { rows } = await client.query(
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_schema = 'textback' and data_type = 'bytea' and column_name not like '%hash' order by 1`,
    )
    return rows.map(({ name }) => name)
  })
  assert.deepEqual(columns, ['connections.secrets', 'webhooks.previous_secret', 'webhooks.secret'])
})

test('no option is guessed, and no database made', async () => {
  const { code, said } = await rotateKey({}, '--lost').done
  assert.deepEqual([code, /There is no option --lost/.test(said)], [1, true])
  const elsewhere = await rotateKey({ DATA_DIR: '/nowhere/textback' }).done
  assert.match(elsewhere.said, /There is no database in \/nowhere\/textback/)
})
