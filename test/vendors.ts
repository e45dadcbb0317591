import type { Vendors } from '../src/vendors/vendor.ts'

/** The same vendors with lists that settle sooner: a test cannot wait for minutes. */
export function settlingWithin(listSettlesAfterMs: number, vendors: Vendors): Vendors {
  return new Map(
    [...vendors].map(([kind, vendor]) => {
      const { sms } = vendor.channels
      return [kind, sms ? { ...vendor, channels: { sms: { ...sms, listSettlesAfterMs } } } : vendor]
    }),
  )
}
