import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { makeApp } from '../../src/app.ts'
import { openDatabase } from '../../src/store/db.ts'
import { makeVendors } from '../../src/vendors/vendors.ts'
import { settlingWithin } from '../vendors.ts'
import { apiAt, atEnd } from './network.ts'

/**
 * Textback in this process, where the test sets the time and how late the carriers' lists are. The real ones may lag by
 * 30 s (Twilio) and 5 minutes (Telnyx); the simulator's do not lag.
 */
export async function startInside(
  t: TestContext,
  {
    port,
    provision,
    databaseUrl,
    now,
    listSettlesAfterMs = 3_000,
    answerWithinMs = 2_000,
  }: {
    port: number
    /** Null: the database has its accounts already. */
    provision: string | null
    databaseUrl: string
    now?: () => Date
    listSettlesAfterMs?: number
    answerWithinMs?: number
  },
) {
  const url = `http://127.0.0.1:${port}`
  const { vendors, close } = makeVendors({ answerWithinMs })
  const app = await makeApp({
    db: await openDatabase({ connectionString: databaseUrl }),
    vendors: settlingWithin(listSettlesAfterMs, vendors),
    log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
    now,
    publicUrl: url,
    secretKey: 'a key of thirty-two characters!!',
    provision,
    allowApiUrl: true,
  })
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= app.stop().then(close))
  atEnd(t, stop)
  await app.start({ host: '127.0.0.1', port })
  return { url, api: apiAt(url), stop }
}
