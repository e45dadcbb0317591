import { randomBytes } from 'node:crypto'
import type { Channel } from '../../src/channels/port.ts'
import type { Credentials } from '../../src/domain/connection.ts'
import type { Setup } from '../../src/setup/port.ts'
import type { Vendor } from '../../src/vendors/vendor.ts'
import type { Voice } from '../../src/voice/port.ts'

/** What a carrier is asked over the network. Tests of webhooks use the real vendors, so this one reads none. */
type Questions = Pick<Channel, 'send' | 'findSent'> &
  Required<Pick<Voice, 'listCalls' | 'findCall'>> &
  Required<Pick<Setup, 'listNumbers' | 'configureNumber' | 'findLineType'>>

/**
 * A vendor that records what it is asked, and answers what the test says (`answers.send = async () => …`). By default
 * it accepts every text, knows no call and has no numbers.
 */
export function recordingVendor(kind: string) {
  const asked: { what: keyof Questions; about: unknown[] }[] = []
  const answers: Questions = {
    send: async () => ({ outcome: 'accepted', carrierId: randomBytes(8).toString('hex'), segments: null }),
    findSent: async () => ({ outcome: 'absent', shownUntil: null }),
    listCalls: async () => ({ ok: true, items: [] }),
    findCall: async () => ({ outcome: 'going_on' }),
    listNumbers: async () => ({ ok: true, items: [] }),
    configureNumber: async () => ({ ok: true, steps: [] }),
    findLineType: async () => ({ ok: true, lineType: 'mobile' }),
  }
  const asks = (what: keyof Questions) => [
    what,
    (connection: unknown, ...about: unknown[]) => {
      asked.push({ what, about })
      return (answers[what] as (...about: unknown[]) => unknown)(connection, ...about)
    },
  ]
  const { send, findSent, listCalls, findCall, ...setup } = Object.fromEntries(
    (Object.keys(answers) as (keyof Questions)[]).map(asks),
  ) as Questions
  const vendor: Vendor = {
    kind,
    name: kind,
    credentialFields: {},
    readCredentials: (input) => ({ ok: true, credentials: input as Credentials }),
    webhooks: {
      verify: () => ({ ok: false, why: 'webhooks do not come here' }),
      parse: () => ({ ok: true, events: [] }),
    },
    voice: { reportsWholeCalls: false, listCalls, findCall },
    channels: { sms: { send, findSent, listSettlesAfterMs: 30_000, answersItself: () => false } },
    setup,
  }
  return { vendor, asked, answers }
}
