import assert from 'node:assert/strict'
import type { lookup } from 'node:dns'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { isPublic } from './addresses.ts'
import { makeOutbound, type OutboundOptions } from './outbound.ts'
import { newSecret, signedHeaders } from './signature.ts'

/** A server on this machine; returns its port and the paths of its requests. */
async function receiver(t: TestContext, answer: RequestListener) {
  const asked: string[] = []
  const server = createServer((request, reply) => {
    asked.push(request.url!)
    request.resume().on('end', () => answer(request, reply))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close().closeAllConnections())
  return { port: (server.address() as AddressInfo).port, asked }
}

function outbound(t: TestContext, options: Partial<OutboundOptions> = {}) {
  const made = makeOutbound({ allowLoopback: true, ...options })
  t.after(() => made.close())
  return made
}

/** A lookup that returns these addresses for every name. */
const saying = (...addresses: string[]) =>
  ((_name: string, _options: object, done: (error: null, found: object[]) => void) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )) as unknown as typeof lookup

test('which addresses are on the internet', () => {
  for (const address of ['8.8.8.8', '1.1.1.1', '100.63.255.255', '100.128.0.1', '172.32.0.1', '2606:4700::1111'])
    assert.equal(isPublic(address), true, address)
  const refused = `0.0.0.0 10.1.2.3 100.64.0.1 100.127.255.255 127.0.0.1 127.255.0.1 169.254.169.254 172.16.0.1
    172.31.255.255 192.0.0.8 192.168.1.1 198.18.0.1 198.19.255.255 203.0.113.7 224.0.0.1 239.1.1.1 240.0.0.1
    255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::7f00:1 fc00::1 fd12::1
    fe80::1 fe80::1%eth0 fec0::1 ff02::1 2001::1 2001:db8::1 2002:7f00:1:: nonsense 127.1`
  for (const address of refused.split(/\s+/)) assert.equal(isPublic(address), false, address)
})

test('which URLs a webhook may have', (t) => {
  const { refusal } = outbound(t, { allowLoopback: false })
  for (const url of [
    'https://example.com',
    'https://example.com:8443/a?b=c',
    'https://8.8.8.8/',
    'https://a.example:5678',
  ])
    assert.equal(refusal(url), null, url)
  const PRIVATE = 'must be on the internet; private and local addresses are refused'
  const wrong: Record<string, string> = {
    'https://127.0.0.1/': PRIVATE,
    'https://2130706433/': PRIVATE, // 127.0.0.1 as one number
    'https://0x7f.1/': PRIVATE,
    'https://127.1/': PRIVATE,
    'https://[::1]/': PRIVATE,
    'https://[::ffff:10.0.0.1]/': PRIVATE,
    'https://[fd00::1]/': PRIVATE,
    'https://169.254.169.254/latest/meta-data': PRIVATE,
    'https://localhost/': PRIVATE,
    'https://LOCALHOST./': PRIVATE,
    'https://me.localhost/': PRIVATE,
    'http://127.0.0.1:3000/': PRIVATE,
    'http://example.com/': 'must begin with https://',
    'ftp://example.com/': 'must begin with https://',
    'file:///etc/passwd': 'must begin with https://',
    'https://mike:secret@example.com/': 'must hold no user and password; the signature proves who asks',
    'https://example.com:25/': 'must have port 443, or one from 1024 on',
    'example.com': 'is not an address; write it like https://example.com/textback',
    '': 'is not an address; write it like https://example.com/textback',
  }
  for (const [url, why] of Object.entries(wrong)) assert.equal(refusal(url), why, url)
})

test('with the simulator, of all private addresses only this machine is allowed', (t) => {
  const { refusal } = outbound(t)
  for (const url of ['http://127.0.0.1:9/', 'http://localhost:3000/', 'http://[::1]:3000/', 'https://127.0.0.1/'])
    assert.equal(refusal(url), null, url)
  for (const url of ['http://192.168.1.1/', 'https://10.0.0.1/', 'http://example.com/']) assert.ok(refusal(url), url)
})

test('a name that resolves to a private address is refused when connecting', async (t) => {
  const { port, asked } = await receiver(t, (_request, reply) => reply.end())
  const cases = [['127.0.0.1'], ['10.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::1'], ['::ffff:127.0.0.1']]
  for (const addresses of cases) {
    const { post } = outbound(t, { allowLoopback: false, lookup: saying(...addresses) })
    const answer = await post({ url: `https://rebound.example:${port}/`, headers: {}, body: '{}' })
    assert.ok(answer.outcome === 'none')
    assert.match(answer.why, /^There is no rebound\.example:\d+ on the internet\.$/)
  }
  assert.deepEqual(asked, [])
})

test('a private IP address in the URL is refused when sending too', async (t) => {
  const { port, asked } = await receiver(t, (_request, reply) => reply.end())
  const { post } = outbound(t, { allowLoopback: false })
  const answer = await post({ url: `https://127.0.0.1:${port}/`, headers: {}, body: '{}' })
  assert.ok(answer.outcome === 'none')
  assert.match(answer.why, /private and local addresses are refused/)
  assert.deepEqual(asked, [])
})

test('every answer is a value, and so is none', async (t) => {
  const { port, asked } = await receiver(t, ({ url }, reply) => {
    if (url === '/moved') reply.writeHead(302, { location: '/elsewhere' }).end()
    else if (url === '/long') reply.end('x'.repeat(100_000))
    else if (url === '/endless') reply.write('y'.repeat(10))
    else if (url === '/cut') reply.destroy()
    else if (url === '/nul') reply.end('a\0b')
    else if (url !== '/silent') reply.writeHead(500).end('no')
  })
  const { post } = outbound(t, { answerWithinMs: 300 })
  const ask = async (path: string) => {
    const { ms, ...answer } = await post({ url: `http://127.0.0.1:${port}${path}`, headers: {}, body: '{}' })
    assert.ok(ms < 5_000)
    return answer
  }
  assert.deepEqual(await ask('/'), { outcome: 'answered', status: 500, body: 'no' })
  assert.deepEqual(await ask('/moved'), { outcome: 'answered', status: 302, body: '' })
  assert.deepEqual(await ask('/long'), { outcome: 'answered', status: 200, body: 'x'.repeat(1024) })
  assert.deepEqual(await ask('/endless'), { outcome: 'answered', status: 200, body: 'y'.repeat(10) })
  assert.deepEqual(await ask('/nul'), { outcome: 'answered', status: 200, body: 'ab' })
  assert.deepEqual(await ask('/silent'), { outcome: 'none', why: 'It did not answer within 0.3 s.' })
  const cut = await ask('/cut')
  assert.ok(cut.outcome === 'none' && /broke before there was an answer/.test(cut.why), JSON.stringify(cut))
  assert.ok(!asked.includes('/elsewhere'))
  const nobody = await post({ url: 'http://127.0.0.1:9/', headers: {}, body: '' })
  assert.ok(nobody.outcome === 'none' && /refused the connection/.test(nobody.why))
})

test('closing ends an open request, which then throws', async (t) => {
  const { port, asked } = await receiver(t, () => {})
  const { post, close } = makeOutbound({ allowLoopback: true })
  const posted = post({ url: `http://127.0.0.1:${port}/`, headers: {}, body: '{}' })
  while (asked.length === 0) await new Promise((done) => setTimeout(done, 5))
  await Promise.all([assert.rejects(posted, /stopping/), close()])
})

test('the standard package verifies the signature, with either secret', () => {
  const [old, fresh] = [newSecret(), newSecret()]
  const body = '{"type":"call.missed","n":"José ☎"}'
  const headers = signedHeaders({ id: 'msg_1', at: new Date(), body }, [fresh, old])
  for (const secret of [old, fresh]) assert.deepEqual(new Webhook(secret).verify(body, headers), JSON.parse(body))
  assert.throws(() => new Webhook(newSecret()).verify(body, headers))
  assert.throws(() => new Webhook(fresh).verify(`${body} `, headers))
  assert.match(fresh, /^whsec_[A-Za-z0-9+/]{43}=$/)
})
