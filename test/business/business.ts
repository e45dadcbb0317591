import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { recognizeKey } from '../../src/actions/accounts/apiKeys.ts'
import { provision } from '../../src/actions/accounts/provision.ts'
import { makeLimits } from '../../src/actions/people/limits.ts'
import type { World } from '../../src/actions/world.ts'
import { after as later } from '../../src/domain/time.ts'
import { showSubjects } from '../../src/http/subjects.ts'
import { makeOutbound } from '../../src/outbound/outbound.ts'
import { makeConnections } from '../../src/store/connections/connections.ts'
import { type Database, openDatabase } from '../../src/store/db.ts'
import { type SecretBox, secretBox } from '../../src/store/secrets.ts'
import { type TestDatabase, testDatabase } from '../postgres.ts'
import { looksAt } from './looks.ts'
import { statesOf } from './states.ts'
import { recordingVendor } from './vendor.ts'

/** A Friday, noon in New York. */
const NOON = new Date('2026-11-20T17:00:00.000Z')

/** The only number of the business, at Twilio. */
export const NUMBER = '+12025550100'

/**
 * A business for the tests of one action: an account with a number, a clock that the test sets, and a carrier that
 * answers what the test says. There is no HTTP, phone network or worker: what an action enqueues stays in the queue.
 * The businesses of a file share one database, in which row-level security separates them.
 */
export async function aBusiness() {
  const business = await openBusiness()
  const looks = looksAt(business)
  return { ...business, ...looks, ...statesOf(business, looks) }
}

export type Business = Awaited<ReturnType<typeof openBusiness>>

async function openBusiness() {
  const db = await databaseOfThisFile()
  const secrets = secretBox('a key of thirty-two characters!!')
  const { vendor, asked, answers } = recordingVendor('twilio')
  let now = NOON
  const world: World = {
    db,
    vendors: new Map([[vendor.kind, vendor]]),
    connections: makeConnections(db, secrets),
    publicUrl: 'https://textback.example',
    now: () => now,
    deliverSoon() {},
    limits: makeLimits(db, 'a key of thirty-two characters!!', () => now),
    signUp: 'first',
    mail: async () => {},
    hasMail: true,
    log: { info() {}, warn() {}, error() {} },
    secrets,
    outbound: makeOutbound({ allowLoopback: true }),
    showSubjects,
    measure: { callDecided() {}, textAccepted() {}, messageEnded() {}, leftBehind() {} },
  }
  const accountId = `acme-${randomBytes(4).toString('hex')}`
  const key = `tb_${randomBytes(16).toString('hex')}`
  await provisionWith(world, secrets, accountId, key)
  const owner = await recognizeKey(db, key, now)
  if (owner.outcome !== 'works') throw new Error('The key of the business does not work')
  let ids = 0
  return {
    world,
    accountId,
    /** The actor of the test: the account's API key. */
    actor: `key:${owner.key.id}` as const,
    /** Where calls and texts come from. */
    source: { accountId, connectionId: 'main', kind: 'twilio', country: 'US' } as const,
    /** What the carrier was asked, in order. */
    asked,
    /** The carrier's answers, which a test may replace. */
    answers,
    /** Moves the clock forward. */
    wait(ms: number) {
      now = later(now, ms)
    },
    /** A phone that nobody has used yet. */
    aPhone: () => `+13125550${100 + ids++}`,
    /** An id as a carrier gives one. */
    aCarrierId: () => `of-the-carrier-${ids++}`,
  }
}

async function provisionWith(world: World, secrets: SecretBox, accountId: string, key: string): Promise<void> {
  const account = {
    id: accountId,
    name: 'Acme HVAC',
    apiKeys: [{ name: 'tests', key }],
    carriers: [{ id: 'main', kind: 'twilio', accountSid: 'AC-of-the-test', authToken: 'a token of the test' }],
    numbers: [{ number: NUMBER, carrier: 'main', mode: 'cfna', minRingSeconds: 0, segmentsPerSecond: 0 }],
  }
  const folder = await mkdtemp(join(tmpdir(), 'textback-business-'))
  const path = join(folder, 'provisioning.json')
  await writeFile(path, JSON.stringify({ accounts: [account] }))
  await provision(world, secrets, path).finally(() => rm(folder, { recursive: true }))
}

let shared: Promise<{ clone: TestDatabase; db: Database }> | undefined

async function databaseOfThisFile(): Promise<Database> {
  shared ??= testDatabase().then(async (clone) => ({ clone, db: await openDatabase(clone.config, 4) }))
  return (await shared).db
}

after(async () => {
  if (!shared) return
  const { clone, db } = await shared
  await db.close()
  await clone.drop()
})
