import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'

/** Why a phone cannot, or must not, be texted. */
export type Untextable = 'anonymous' | 'invalid' | 'short_code' | 'toll_free' | 'premium' | 'foreign'

/** Territories that count as the country when dialing, billing and texting. */
const TERRITORIES: Record<string, string> = { PR: 'US', VI: 'US', GU: 'US', AS: 'US', MP: 'US' }

/** Words that carriers put where a number should be. The digits spell them on a keypad (266696687 = "anonymous"). */
const WITHHELD = new Set([
  'anonymous',
  'unknown',
  'restricted',
  'private',
  'unavailable',
  'blocked',
  'withheld',
  '+266696687',
  '+7378742833',
  '+2562533',
  '+8656696',
  '+86282452253',
])

export function isWithheld(from: string): boolean {
  const plain = from.trim().toLowerCase()
  return plain === '' || WITHHELD.has(plain) || WITHHELD.has(`+${plain}`)
}

/** E.164 from what a person or a carrier wrote, or null when it is no number that can exist. */
export function readPhone(written: string, country = 'US'): string | null {
  const home = isSupportedCountry(country) ? (country as CountryCode) : 'US'
  const parsed = parsePhoneNumberFromString(written, home)
  return parsed?.isValid() ? parsed.number : null
}

/** Three to six digits: only machines have such numbers. */
export const isShortCode = (from: string): boolean => /^\d{3,6}$/.test(from)

/** Null when a text may be sent there. `countries` are the account's own (first) and those it also texts. */
export function whyUntextable(from: string, countries: readonly string[]): Untextable | null {
  if (isWithheld(from)) return 'anonymous'
  const digits = from.replace(/\D/g, '')
  if (digits.length > 0 && digits.length <= 6) return 'short_code'
  const parsed = parsePhoneNumberFromString(from, (countries[0] ?? 'US') as CountryCode)
  if (!parsed?.isValid()) return 'invalid'
  const type = parsed.getType()
  if (type === 'TOLL_FREE') return 'toll_free'
  if (type === 'PREMIUM_RATE' || type === 'SHARED_COST') return 'premium'
  const country = parsed.country ? (TERRITORIES[parsed.country] ?? parsed.country) : null
  if (!country || !countries.includes(country)) return 'foreign'
  return null
}

/** Why ringing a phone from one of our numbers may cost more than an ordinary call; null when it does not. */
export function costOfRinging(target: string, number: string): 'premium' | 'toll_free' | 'foreign' | null {
  const parsed = parsePhoneNumberFromString(target)
  const type = parsed?.getType()
  if (type === 'PREMIUM_RATE' || type === 'SHARED_COST') return 'premium'
  if (type === 'TOLL_FREE') return 'toll_free'
  const [there, here] = [parsed, parsePhoneNumberFromString(number)].map((phone) =>
    phone?.country ? (TERRITORIES[phone.country] ?? phone.country) : null,
  )
  return there && here && there !== here ? 'foreign' : null
}

/** The national form: (202) 555-0143. Anything that is not a number stays as it is. */
export function formatNational(phone: string): string {
  return parsePhoneNumberFromString(phone)?.formatNational() ?? phone
}
