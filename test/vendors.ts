import type { Vendors } from '../src/vendors/vendor.ts'

/** The same vendors with lists that settle sooner: a test cannot wait for minutes. */
export function settlingWithin(listSettlesAfterMs: number, vendors: Vendors): Vendors {
  return new Map(
    [...vendors].map(([kind, vendor]) => {
      const { sms } = vendor.channels
      // A list that never proves anything does not settle sooner either.
      if (!sms || sms.listSettlesAfterMs === null) return [kind, vendor]
      return [kind, { ...vendor, channels: { sms: { ...sms, listSettlesAfterMs } } }]
    }),
  )
}
