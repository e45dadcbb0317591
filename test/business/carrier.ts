import { randomBytes } from 'node:crypto'
import type { CarrierKind } from '../../src/domain/words.ts'
import type { Carrier, Credentials } from '../../src/vendors/carrier.ts'

/** What a carrier is asked over the network. Webhooks are the vendors' own business: this one reads none. */
type Questions = Pick<
  Carrier,
  'send' | 'findSent' | 'listCalls' | 'findCall' | 'listNumbers' | 'configureNumber' | 'findLineType'
>

/**
 * A carrier that keeps what it is asked, and answers what the test says (`answers.send = async () => …`). Until then it
 * takes every text, knows of no call and has no numbers.
 */
export function recordingCarrier(kind: CarrierKind) {
  const asked: { what: keyof Questions; about: unknown[] }[] = []
  const answers: Questions = {
    send: async () => ({ outcome: 'accepted', carrierId: randomBytes(8).toString('hex'), segments: null }),
    findSent: async () => ({ outcome: 'absent' }),
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
  const carrier: Carrier = {
    kind,
    listSettlesAfterMs: 0,
    readCredentials: (input) => ({ ok: true, credentials: input as Credentials }),
    verify: () => ({ ok: false, why: 'webhooks do not come here' }),
    parse: () => ({ ok: true, events: [] }),
    answer: async () => ({ status: 204, contentType: 'text/plain', body: '' }),
    ...(Object.fromEntries((Object.keys(answers) as (keyof Questions)[]).map(asks)) as Questions),
  }
  return { carrier, asked, answers }
}
