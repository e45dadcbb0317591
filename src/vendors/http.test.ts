import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { after, describe, test } from 'node:test'
import { makeHttp, NoAnswer, Refusal } from './http.ts'

describe('no answer: did the request leave?', () => {
  const http = makeHttp({ answerWithinMs: 200 })
  after(() => http.close())
  const ask = (url: string) => http.send({ method: 'POST', url, headers: {}, body: 'x=1' })
  const noAnswer = async (url: string) => {
    const error = await ask(url).then(
      () => assert.fail('answered'),
      (thrown: unknown) => thrown,
    )
    assert.ok(error instanceof NoAnswer)
    return error
  }

  test('nobody listens: it never left', async () => {
    const { left, message } = await noAnswer('http://127.0.0.1:1/')
    assert.equal(left, false)
    assert.equal(message, '127.0.0.1:1 could not be reached (ECONNREFUSED).')
  })

  test('an invalid address: it never left', async () => {
    assert.equal((await noAnswer('nonsense')).left, false)
  })

  test('taken and dropped, or taken and never answered: it may have been carried out', async () => {
    for (const then of ['drop', 'silence']) {
      const server = createServer((socket) => socket.once('data', () => then === 'drop' && socket.destroy()))
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
      const { left, message } = await noAnswer(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      assert.equal(left, true, then)
      assert.match(message, then === 'drop' ? /broke before the answer/ : /did not answer within 0.2 s/)
      server.close()
    }
  })
})

test('Retry-After is read in seconds, and only then', () => {
  const after = (value: string) =>
    new Refusal({ status: 429, headers: { 'retry-after': value }, body: '' }).retryAfterMs
  assert.equal(after('2'), 2000)
  assert.equal(after('soon'), null)
  assert.equal(after('-1'), null)
})
