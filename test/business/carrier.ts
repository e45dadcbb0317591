import { randomBytes } from 'node:crypto'
import type { CarrierKind } from '../../src/domain/words.ts'
import type { Carrier, Credentials, OutgoingText } from '../../src/vendors/carrier.ts'

export type RecordingCarrier = ReturnType<typeof recordingCarrier>

/**
 * A carrier that keeps what it is asked and answers what the test says: `carrier.send = async () => …`. Until then it
 * takes every text, knows of no call and has no numbers. Webhooks are the vendors' own business: it reads none.
 */
export function recordingCarrier(kind: CarrierKind) {
  const asked: { what: string; about: unknown }[] = []
  const note =
    <A extends unknown[], R>(what: string, answer: (...about: A) => R) =>
    async (_connection: unknown, ...about: A): Promise<R> => {
      asked.push({ what, about })
      return answer(...about)
    }
  const carrier: Carrier = {
    kind,
    listSettlesAfterMs: 0,
    readCredentials: (input) => ({ ok: true, credentials: input as Credentials }),
    verify: () => ({ ok: false, why: 'webhooks do not come here' }),
    parse: () => ({ ok: true, events: [] }),
    answer: async () => ({ status: 204, contentType: 'text/plain', body: '' }),
    send: note('send', (_text: OutgoingText) => ({
      outcome: 'accepted' as const,
      carrierId: randomBytes(8).toString('hex'),
      segments: null,
    })),
    findSent: note('findSent', () => ({ outcome: 'absent' as const })),
    listCalls: note('listCalls', () => ({ ok: true as const, items: [] })),
    findCall: note('findCall', () => ({ outcome: 'going_on' as const })),
    listNumbers: note('listNumbers', () => ({ ok: true as const, items: [] })),
    configureNumber: note('configureNumber', () => ({ ok: true, steps: [] })),
    findLineType: note('findLineType', () => ({ ok: true as const, lineType: 'mobile' as const })),
  }
  return { carrier, asked }
}
