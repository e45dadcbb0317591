import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, beforeEach, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type ConnectionConfig, type EmbeddedPostgres, startEmbedded } from './embedded.ts'

describe('the embedded PostgreSQL', () => {
  let base: string
  let dataDir: string
  let lines: string[]
  const running: EmbeddedPostgres[] = []
  const children: ChildProcess[] = []

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'textback-embedded-'))
    // mkdtemp makes it 0700; as root, PostgreSQL runs as another user, who must get through.
    await chmod(base, 0o711)
    dataDir = join(base, 'data')
    lines = []
  })
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop()
    await rm(base, { recursive: true, force: true })
  })
  after(() => {
    for (const child of children) child.kill('SIGKILL')
  })

  async function start(): Promise<EmbeddedPostgres> {
    const server = await startEmbedded({ dataDir, log: (line) => lines.push(line) })
    running.push(server)
    return server
  }

  /** Starts another Textback on the same folder, database only. */
  function startChild(): ChildProcess {
    const code = `
      import { startEmbedded } from ${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)}
      const server = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)}, log: () => {} })
      process.stdout.write('ready')
      process.stdin.on('data', async () => { await server.stop(); process.exit() })`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'pipe' })
    child.stdin.on('error', () => {}) // it may be gone already
    children.push(child)
    return child
  }

  async function stopChild(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.stdin!.write('stop')
    await exit
  }

  test('makes a database of its own, closed to others, and keeps its rows over a restart', async () => {
    const first = await start()
    await query(first.config, `create table note as select 'kept' as text`)
    const [role] = await query(
      first.config,
      `select current_user as name, rolsuper or rolcreaterole or rolcreatedb or rolbypassrls as powerful,
              current_setting('fsync') as fsync
       from pg_roles where rolname = current_user`,
    )
    assert.deepEqual(role, { name: 'textback', powerful: false, fsync: 'on' })
    assert.equal(await mode(join(dataDir, 'postgres')), '700')
    assert.equal(await mode(join(dataDir, 'postgres.password')), '600')
    assert.equal(await mode(first.config.host), '700')
    await first.stop()

    const second = await start()
    assert.deepEqual(await query(second.config, 'select text from note'), [{ text: 'kept' }])
    assert.equal(lines.length, 1, `only the first start has something to say: ${lines}`)
  })

  test('lets nobody in without the password', async () => {
    const { config } = await start()
    await assert.rejects(query({ ...config, password: 'guess' }, 'select 1'), { code: '28P01' })
    await assert.rejects(query({ ...config, user: 'postgres' }, 'select 1'), { code: '28P01' })
  })

  test('stop ends the server and frees the folder, however often it is called', async () => {
    const server = await start()
    const pid = await postmasterPid(dataDir)
    await Promise.all([server.stop(), server.stop()])
    await server.stop()
    assert.equal(existsSync(`/proc/${pid}`) && process.platform === 'linux', false)
    assert.equal(existsSync(join(dataDir, 'postgres', 'postmaster.pid')), false)
    assert.equal(existsSync(server.config.host), false)
    await start()
  })

  test('after a kill -9 the server is still there and is taken over', async () => {
    const child = startChild()
    await once(child.stdout!, 'data')
    const pid = await postmasterPid(dataDir)
    await kill(child)

    const server = await start()
    assert.equal(await postmasterPid(dataDir), pid)
    assert.match(lines.join('\n'), new RegExp(`process ${pid}.*taken over`))
    assert.deepEqual(await query(server.config, 'select 1 as answer'), [{ answer: 1 }])
    await server.stop()
    assert.equal(existsSync(join(dataDir, 'postgres', 'postmaster.pid')), false)
  })

  test('a first start that was killed half-way is begun anew', async () => {
    const child = startChild()
    await until(() => halfMade(dataDir), 'initdb to have begun')
    await kill(child)

    const server = await start()
    assert.deepEqual(await query(server.config, 'select 1 as answer'), [{ answer: 1 }])
    assert.equal(await halfMade(dataDir), false)
  })

  test('a second process is refused, and told which process is there', async () => {
    const child = startChild()
    await once(child.stdout!, 'data')
    await assert.rejects(start(), (error: Error) => {
      assert.match(error.message, new RegExp(`process ${child.pid}\\b.*DATA_DIR`))
      return true
    })
    await stopChild(child)
    await start()
  })

  test('of two starts in the same moment exactly one wins', async () => {
    await (await start()).stop()
    const others = [startChild(), startChild()]
    const starts = await Promise.allSettled([start(), ...others.map(outcome)])
    for (const child of others) await stopChild(child)
    assert.equal(starts.filter((one) => one.status === 'fulfilled').length, 1, JSON.stringify(starts))
  })

  test('a process that has got the id of a crashed server is left alone', async () => {
    await (await start()).stop()
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    children.push(bystander)
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid')
    const { uid, gid } = await stat(join(dataDir, 'postgres'))
    await writeFile(pidFile, `${bystander.pid}\n${join(dataDir, 'postgres')}\n1700000000\n5432\n/tmp\n\n0 0\nready\n`)
    if (process.geteuid!() === 0) await chown(pidFile, uid, gid)

    const server = await start()
    assert.deepEqual(await query(server.config, 'select 1 as answer'), [{ answer: 1 }])
    assert.equal(bystander.exitCode ?? bystander.signalCode, null)
  })

  test('a database that cannot be opened any more is an error that says what to do', async () => {
    await (await start()).stop()
    await rm(join(dataDir, 'postgres.password'))
    await assert.rejects(start(), /postgres\.password.*backup/)

    await rm(join(dataDir, 'postgres'), { recursive: true })
    await mkdir(join(dataDir, 'postgres'), { mode: 0o700 })
    await writeFile(join(dataDir, 'postgres.password'), 'secret')
    await assert.rejects(start(), /not a valid data directory|did not start/)
  })
})

async function query(config: ConnectionConfig, sql: string): Promise<unknown[]> {
  const client = new pg.Client(config)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

async function postmasterPid(dataDir: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10)
}

async function mode(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8)
}

async function halfMade(dataDir: string): Promise<boolean> {
  const names = await readdir(dataDir).catch(() => [])
  return names.some((name) => name.startsWith('postgres.init-'))
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

/** Resolves when the child's database is ready, rejects when the child ends first. */
async function outcome(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit').then(() => Promise.reject(new Error('refused')))
  await Promise.race([once(child.stdout!, 'data'), exit])
  exit.catch(() => {})
}

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited 20 s in vain for ${what}`)
    await sleep(5)
  }
}
