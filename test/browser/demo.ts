import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { startSimulator } from '../../simulator/simulator.ts'
import { makeApp } from '../../src/app.ts'
import { playDemoPast } from '../../src/demo.ts'
import { openDatabase } from '../../src/store/db.ts'
import { makeVendors } from '../../src/vendors/vendors.ts'
import { testDatabase } from '../postgres.ts'
import { freePort, type Json } from '../world.ts'

/**
 * What bin/start brings up where nothing is configured: demo/acme.json with a week behind it, on a phone network of its
 * own. The steps are those of src/main.ts; the process itself cannot be used, since its simulator has fixed ports.
 */
export async function startDemo(t: TestContext) {
  const [database, simulator, port] = await Promise.all([testDatabase(), startSimulator(), freePort()])
  const url = `http://127.0.0.1:${port}`
  const folder = await mkdtemp(join(tmpdir(), 'textback-demo-'))
  const provision = join(folder, 'acme.json')
  await writeFile(provision, JSON.stringify(await demoOn(simulator)))
  const { vendors, close: closeVendors } = makeVendors()
  const app = await makeApp({
    db: await openDatabase(database.config, 8),
    vendors,
    log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
    publicUrl: url,
    secretKey: 'a key of thirty-two characters!!',
    provision,
    allowApiUrl: true,
    simulatorUrl: simulator.url,
  })
  t.after(async () => {
    await app.stop()
    await closeVendors()
    await simulator.stop()
    await database.drop()
    await rm(folder, { recursive: true })
  })
  await playDemoPast(app.world, 'acme')
  await app.start({ host: '127.0.0.1', port })
  return {
    url,
    /** The one-time link that bin/start prints. */
    signInLink: async (): Promise<string> => {
      const link = await app.signInLink('mike@acme.test')
      if (!link) throw new Error('There is no sign-in link for Mike')
      return link
    },
    /** The texts that Textback sent to a phone, as the phone network has them, newest last. */
    async textsTo(phone: string): Promise<Json[]> {
      const answer = await fetch(`${simulator.url}/messages?to=${encodeURIComponent(phone)}`)
      return (await answer.json()) as Json[]
    },
  }
}

/** demo/acme.json, with its carriers at the simulator's ports of this test. */
async function demoOn(simulator: { twilioUrl: string; telnyxUrl: string }): Promise<Json> {
  const file: Json = JSON.parse(await readFile(new URL('../../demo/acme.json', import.meta.url), 'utf8'))
  for (const carrier of file.accounts[0].carriers) {
    if (carrier.kind === 'twilio') carrier.apiUrl = simulator.twilioUrl
    if (carrier.kind === 'telnyx') carrier.apiUrl = simulator.telnyxUrl
  }
  return file
}
