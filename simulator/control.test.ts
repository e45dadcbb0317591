import assert from 'node:assert/strict'
import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { business, caller, startWorld } from './testkit.ts'

test('a mistake is answered with what to do, and the field', async (t) => {
  const world = await startWorld(t)
  const wrong = async (method: string, path: string, body?: unknown) => {
    const { status, json } = await world.control(method, path, body)
    assert.equal(typeof json.error, 'string')
    return [status, json.field]
  }
  assert.deepEqual(await wrong('POST', '/calls', { to: business }), [400, 'from'])
  assert.deepEqual(await wrong('POST', '/calls', { from: caller, to: '+12025550199' }), [404, 'to'])
  assert.deepEqual(await wrong('GET', '/calls/none'), [404, 'id'])
  assert.deepEqual(await wrong('PUT', '/phones/%2B12025550143', { kind: 'toaster' }), [400, 'kind'])
  assert.deepEqual(await wrong('PUT', '/clock', { speed: 0 }), [400, 'speed'])
  assert.deepEqual(await wrong('PUT', '/faults', { duplicate: 2 }), [400, 'duplicate'])
  assert.deepEqual(await wrong('PUT', '/config', { telnyx: [{}] }), [400, 'telnyx[0].apiKey'])
  assert.deepEqual(await wrong('POST', '/faults/next', {}), [400, 'what'])
  assert.deepEqual(await wrong('GET', '/nothing'), [404, undefined])
})

test('the live feed reports calls', async (t) => {
  const world = await startWorld(t)
  const feed = await fetch(`${world.simulator.url}/live`)
  const reader = feed.body!.pipeThrough(new TextDecoderStream()).getReader()
  await world.control('POST', '/calls', { from: caller, to: business })
  let text = ''
  while (!text.includes('event: call')) text += (await reader.read()).value ?? ''
  await reader.cancel()
})

test('the process says when it is ready, refuses a busy port, and ends with its parent', async () => {
  const start = (port: string) =>
    fork(new URL('./main.ts', import.meta.url), ['--port', port, '--twilio-port', '0', '--telnyx-port', '0'], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
  const simulator = start('0')
  const ready = JSON.parse(await firstLine(simulator))
  assert.equal(ready.ready, true)
  assert.equal((await fetch(`${ready.url}/config`)).status, 200)

  const port = new URL(ready.url).port
  const main = new URL('./main.ts', import.meta.url).pathname
  const second = spawnSync(process.execPath, [main, '--port', port, '--twilio-port', '0', '--telnyx-port', '0'])
  assert.equal(second.status, 1)
  assert.match(second.stderr.toString(), new RegExp(`Port ${port} is in use`))

  const exited = once(simulator, 'exit')
  simulator.disconnect()
  assert.deepEqual(await exited, [0, null])
})

async function firstLine(child: ChildProcess): Promise<string> {
  let text = ''
  for await (const chunk of child.stdout!) {
    text += chunk
    if (text.includes('\n')) break
  }
  return text.split('\n')[0]!
}
