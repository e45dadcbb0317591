import type { CarrierKind } from '../domain/words.ts'
import type { Carrier } from './carrier.ts'
import { makeGeneric } from './generic/generic.ts'
import { makeHttp } from './http.ts'
import { makeTelnyx } from './telnyx/telnyx.ts'
import { makeTwilio } from './twilio/twilio.ts'

/** Every carrier that we speak with, one line each, over one pool of connections. Close it when the process ends. */
export function makeCarriers(waits: { answerWithinMs?: number } = {}): {
  carriers: Record<CarrierKind, Carrier>
  close: () => Promise<void>
} {
  const http = makeHttp(waits)
  return {
    carriers: {
      twilio: makeTwilio(http),
      telnyx: makeTelnyx(http),
      generic: makeGeneric(),
    },
    close: http.close,
  }
}
