import { parsePhoneNumberFromString } from 'libphonenumber-js/max'

/**
 * Gives a new caller at each call: the fictional numbers 555-0100 to 555-0199 of every area code of the US that can be
 * texted. There are 35,700 of them, without 202, where the business is; then they repeat.
 */
export function makeCallers(): () => string {
  const areas: number[] = []
  for (let area = 203; area < 990; area++) {
    const number = parsePhoneNumberFromString(`+1${area}5550100`)
    if (number?.country === 'US' && number.getType() === 'FIXED_LINE_OR_MOBILE') areas.push(area)
  }
  let n = 0
  return () => {
    // One number of each area code first, so that consecutive callers are not neighbours in an index.
    const area = areas[n % areas.length]
    const last = 100 + (Math.floor(n / areas.length) % 100)
    n++
    return `+1${area}5550${last}`
  }
}
