import { makeGeneric } from './generic/generic.ts'
import { makeHttp } from './http.ts'
import { makeTelnyx } from './telnyx/telnyx.ts'
import { makeTwilio } from './twilio/twilio.ts'
import type { Vendor, Vendors } from './vendor.ts'

/** Every vendor, over one pool of HTTP connections. Call `close` when the process ends. */
export function makeVendors(waits: { answerWithinMs?: number } = {}): { vendors: Vendors; close: () => Promise<void> } {
  const http = makeHttp(waits)
  const all: Vendor[] = [makeTwilio(http), makeTelnyx(http), makeGeneric()]
  return { vendors: new Map(all.map((vendor) => [vendor.kind, vendor])), close: http.close }
}
