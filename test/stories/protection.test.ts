import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { CALLER, type Json, KEY, OTHER_KEY, startWorld, until } from '../world.ts'

const OTHER = '+13125550144'
const TOKEN = 'a-token-of-the-operator'

test('what is asked slowly, often or strangely', async (t) => {
  const world = await startWorld(t, { arriveWithinMs: 1_200 })
  const port = Number(new URL(world.url).port)

  await t.test('a request whose headers or body do not come is ended', async () => {
    for (const beginning of [
      'GET /healthz HTTP/1.1\r\nhost: textback\r\nx-slow: ',
      `POST /api/v1/contacts HTTP/1.1\r\nhost: textback\r\nauthorization: Bearer ${KEY}\r\ncontent-type: application/json\r\ncontent-length: 40\r\n\r\n{"phone"`,
    ]) {
      const socket = connect(port, '127.0.0.1')
      let answer = ''
      socket.on('data', (chunk) => {
        answer += chunk
      })
      socket.write(beginning)
      await new Promise((closed) => socket.once('close', closed))
      assert.match(answer, /^HTTP\/1\.1 408 /)
    }
  })

  await t.test('a live feed is open for longer than that', async () => {
    const ends = new AbortController()
    const feed = await fetch(`${world.url}/api/v1/live`, {
      headers: { authorization: `Bearer ${KEY}` },
      signal: ends.signal,
    })
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /healthz HTTP/1.1\r\nhost: textback\r\nx-slow: ')
    socket.resume()
    await new Promise((closed) => socket.once('close', closed))
    await world.api('POST', '/contacts', { phone: CALLER })
    let heard = ''
    for await (const chunk of feed.body!.pipeThrough(new TextDecoderStream())) {
      heard += chunk
      if (heard.includes('"what":"contacts"')) break
    }
    ends.abort()
  })

  await t.test('thirty live feeds are enough for a key, and another account has its own', async () => {
    const ends = new AbortController()
    const follow = (key: string) =>
      fetch(`${world.url}/api/v1/live`, { headers: { authorization: `Bearer ${key}` }, signal: ends.signal })
    const feeds = []
    for (let n = 0; n < 30; n++) feeds.push(await follow(KEY))
    assert.ok(feeds.every(({ status }) => status === 200))
    const refused = await follow(KEY)
    assert.equal(refused.status, 429)
    assert.match(((await refused.json()) as Json).detail, /^You have 30 open/)
    assert.equal((await follow(OTHER_KEY)).status, 200)
    // A place that is given back can be taken again.
    await feeds[0]!.body!.cancel()
    for (let status = 429; status === 429; ) status = (await follow(KEY)).status
    ends.abort()
  })

  await t.test('who has gone before the feed began holds no place', async () => {
    const request = `GET /api/v1/live HTTP/1.1\r\nhost: textback\r\nauthorization: Bearer ${KEY}\r\n\r\n`
    for (let n = 0; n < 60; n++) {
      const socket = connect(port, '127.0.0.1')
      await new Promise((connected) => socket.once('connect', connected))
      await new Promise<void>((sent) => socket.write(request, () => sent()))
      await sleep(n % 4)
      socket.destroy()
    }
    const ends = new AbortController()
    const headers = { authorization: `Bearer ${KEY}` }
    await until(async () => {
      const feed = await fetch(`${world.url}/api/v1/live`, { headers, signal: ends.signal })
      if (feed.status !== 200) await feed.text()
      return feed.status === 200
    }, 'a free place')
    ends.abort()
  })

  await t.test('a NUL, wherever it stands, is no fault of ours', async () => {
    const paths = [
      '/api/v1/contacts/a%00b',
      '/api/v1/contacts?search=a%00b',
      '/api/v1/calls?from=%00',
      '/api/v1/search?q=a%00b',
      '/api/v1/numbers/%2B1202%00',
      '/api/v1/leads?stage=%00',
      '/hooks/twilio/acme%00/main/voice',
      '/hooks/twilio/acme/ma%00in/voice',
      '/accept-invitation?id=%00',
    ]
    for (const path of paths) {
      const { status } = await world.ask(path.startsWith('/hooks') ? 'POST' : 'GET', path)
      assert.ok(status >= 200 && status < 500, `${path}: ${status}`)
    }
    for (const body of [{ phone: OTHER, name: 'a\0b' }, { phone: '+1312\0' }, { phone: OTHER, tags: ['\0'] }]) {
      const { status } = await world.ask('POST', '/api/v1/contacts', body)
      assert.equal(status, 400, JSON.stringify(body))
    }
  })

  await t.test('a connection that asks nothing does not hold up a stop', async (t) => {
    const { stop, url } = await startWorld(t)
    const silent = connect(Number(new URL(url).port), '127.0.0.1')
    await new Promise((connected) => silent.once('connect', connected))
    const ended = new Promise((closed) => silent.resume().once('close', closed))
    await Promise.all([stop(), ended])
  })

  await t.test('nothing of the API is kept by a cache', async () => {
    for (const path of ['/api/v1/contacts', '/api/v1/nothing', '/api/auth/get-session', '/api/openapi.json'])
      assert.equal((await world.ask('GET', path)).headers.get('cache-control'), 'no-store', path)
  })
})

test('the metrics', async (t) => {
  const read = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${url}/metrics`, { headers })
    return { status: answer.status, text: await answer.text() }
  }

  await t.test('are for this machine, and not for whom a web server passes on', async (t) => {
    const { url } = await startWorld(t)
    assert.match((await read(url)).text, /^textback_http_seconds/m)
    for (const header of ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip']) {
      const { status, text } = await read(url, { [header]: '127.0.0.1' })
      assert.equal(status, 403)
      assert.match(text, /METRICS_TOKEN/)
    }
  })

  await t.test('are for whoever has the token, from anywhere', async (t) => {
    const { url } = await startWorld(t, { metricsToken: TOKEN })
    assert.equal((await read(url)).status, 401)
    assert.equal((await read(url, { authorization: `Bearer ${TOKEN}x` })).status, 401)
    const passedOn = { authorization: `Bearer ${TOKEN}`, 'x-forwarded-for': '192.0.2.7' }
    assert.match((await read(url, passedOn)).text, /^textback_http_seconds/m)
  })
})
