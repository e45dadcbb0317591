import { randomUUID, sign } from 'node:crypto'
import type { TelnyxAccount } from '../accounts.ts'
import type { Attempt } from '../deliveries.ts'
import type { Network } from '../network.ts'

export type Destination = { url: string | null; failoverUrl: string | null }

/** Telnyx waits 2 s for an answer, and tries each URL three times. */
const answerMs = 2000
const triesPerUrl = 3
/** Simulated milliseconds between two tries. */
const pauseMs = 1000

/**
 * Sends one event, signed, with Telnyx's retries and then its failover URL. A voice event that the app answers with 4xx
 * (other than 408 and 429) is lost at once. `key` names the call or message. Without a URL nothing is sent.
 */
export async function sendEvent(
  network: Network,
  account: TelnyxAccount,
  event: { kind: 'voice' | 'message'; key: string; type: string; payload: Record<string, unknown>; to: Destination },
) {
  const urls = [event.to.url, event.to.failoverUrl].filter((url) => url !== null)
  if (urls.length === 0) return
  const data = {
    event_type: event.type,
    id: randomUUID(),
    occurred_at: network.clock.now().toISOString(),
    payload: event.payload,
    record_type: 'event',
  }
  const startedAt = network.clock.now()
  await network.courier.deliver(event.key, 'notice', async () => {
    const attempts: Attempt[] = []
    const ok = await tryAll(network, account, urls, data, event.kind, attempts)
    network.deliveries.add({
      account: account.apiKey,
      id: randomUUID(),
      status: ok ? 'delivered' : 'failed',
      startedAt,
      finishedAt: network.clock.now(),
      webhook: data,
      attempts,
    })
  })
}

async function tryAll(
  network: Network,
  account: TelnyxAccount,
  urls: string[],
  data: Record<string, unknown>,
  kind: 'voice' | 'message',
  attempts: Attempt[],
): Promise<boolean> {
  for (const url of urls) {
    for (let tries = 0; tries < triesPerUrl; tries++) {
      if (attempts.length > 0) await network.clock.sleep(pauseMs, network.stopped)
      if (network.stopped.aborted) return false
      const attempt = await post(network, account, url, data, attempts.length + 1)
      attempts.push(attempt)
      if (attempt.ok) return true
      // The app counts as down; it finds the event among the failed deliveries.
      if (!network.courier.delivering) return false
      const { status } = attempt
      if (kind === 'voice' && status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429) {
        return false
      }
    }
  }
  return false
}

async function post(
  network: Network,
  account: TelnyxAccount,
  url: string,
  data: Record<string, unknown>,
  attempt: number,
): Promise<Attempt> {
  const body = JSON.stringify({ data, meta: { attempt, delivered_to: url } })
  const startedAt = network.clock.now()
  // Real seconds at any simulated speed, because the app compares them with its own clock.
  const timestamp = String(Math.floor(startedAt.getTime() / 1000))
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'telnyx-webhooks',
    'telnyx-timestamp': timestamp,
    'telnyx-signature-ed25519': sign(null, Buffer.from(`${timestamp}|${body}`), account.privateKey).toString('base64'),
  }
  const note = attempt > 1 ? { note: `try ${attempt}` } : {}
  const reply = await network.courier.post({
    face: 'telnyx',
    method: 'POST',
    url,
    headers,
    body,
    connectMs: answerMs,
    answerMs,
    ...note,
  })
  return {
    startedAt,
    finishedAt: network.clock.now(),
    url,
    headers,
    status: reply.ok ? reply.status : null,
    body: reply.ok ? reply.body.slice(0, 1000) : reply.detail,
    ok: reply.ok && reply.status >= 200 && reply.status < 300,
  }
}
