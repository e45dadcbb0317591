import {
  type CountryCode,
  isSupportedCountry,
  type NumberType,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max'

/** Why a phone cannot, or must not, be texted. */
export type Untextable = 'anonymous' | 'invalid' | 'short_code' | 'toll_free' | 'premium' | 'special' | 'foreign'

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

/** The kinds of numbers in numbering plans that may belong to a phone which takes texts. Others belong to machines. */
const TEXTABLE: NumberType[] = ['MOBILE', 'FIXED_LINE_OR_MOBILE', 'FIXED_LINE', 'VOIP']

/** The kinds that a person answers: an ordinary phone, or the number of a company. */
const RINGABLE: NumberType[] = [...TEXTABLE, 'TOLL_FREE', 'UAN']

const isPremium = (type: NumberType) => type === 'PREMIUM_RATE' || type === 'SHARED_COST'

/** The country that a number counts to; null for the numbers of satellite and international networks, which have none. */
const countryOf = ({ country }: { country?: CountryCode }): string | null =>
  country ? (TERRITORIES[country] ?? country) : null

/** Null when a text may be sent there. `countries` are the account's own (first) and those it also texts. */
export function whyUntextable(from: string, countries: readonly string[]): Untextable | null {
  if (isWithheld(from)) return 'anonymous'
  const digits = from.replace(/\D/g, '')
  if (digits.length > 0 && digits.length <= 6) return 'short_code'
  const parsed = parsePhoneNumberFromString(from, (countries[0] ?? 'US') as CountryCode)
  if (!parsed?.isValid()) return 'invalid'
  const type = parsed.getType()
  if (type === 'TOLL_FREE') return 'toll_free'
  if (isPremium(type)) return 'premium'
  if (!TEXTABLE.includes(type)) return 'special'
  const country = countryOf(parsed)
  if (!country || !countries.includes(country)) return 'foreign'
  return null
}

/** Whether the numbering plan says that this is a fixed line. In North America it never does. */
export const isFixedLine = (phone: string): boolean => parsePhoneNumberFromString(phone)?.getType() === 'FIXED_LINE'

/** Why a phone must not be rung for a caller, who would make the business pay for it. */
export type Unringable = 'premium' | 'personal' | 'special' | 'no_country' | 'foreign'

/** Null when calls may be forwarded there. `countries` are the account's; without them every country will do. */
export function whyUnringable(target: string, countries: readonly string[] | null): Unringable | null {
  const parsed = parsePhoneNumberFromString(target)
  if (!parsed) return 'special'
  const country = countryOf(parsed)
  // +881, +882, +883, +979 and the like: a minute costs dollars, whatever kind the plan gives them.
  if (!country) return 'no_country'
  const type = parsed.getType()
  if (isPremium(type)) return 'premium'
  if (type === 'PERSONAL_NUMBER') return 'personal'
  if (!RINGABLE.includes(type)) return 'special'
  return countries && !countries.includes(country) ? 'foreign' : null
}

/** Why ringing a phone from one of our numbers may cost more than an ordinary call; null when it does not. */
export function costOfRinging(target: string, number: string): 'toll_free' | 'foreign' | null {
  const parsed = parsePhoneNumberFromString(target)
  if (parsed?.getType() === 'TOLL_FREE') return 'toll_free'
  const [there, here] = [parsed, parsePhoneNumberFromString(number)].map((phone) => phone && countryOf(phone))
  return there && here && there !== here ? 'foreign' : null
}

/** What is wrong with the target of a number, for the person who wrote it. */
export function unringableMessage(why: Unringable, target: string, countries: readonly string[]): string {
  if (why === 'foreign') {
    const country = parsePhoneNumberFromString(target)?.country
    return `is in another country (${country}) than this account calls (${countries.join(', ')}); allow the country in the settings (alsoTextsCountries), or give another phone`
  }
  return UNRINGABLE[why]
}

const UNRINGABLE: Record<Exclude<Unringable, 'foreign'>, string> = {
  premium: 'is a premium number: whoever calls you would make you pay for each minute',
  personal: 'is a personal number, which costs as much as a premium number; give the phone that it leads to',
  special: 'is a pager, a voicemail box or the like; give a phone that a person answers',
  no_country: 'belongs to no country (satellite and international networks): each minute costs dollars',
}

/** The national form: (202) 555-0143. Anything that is not a number stays as it is. */
export function formatNational(phone: string): string {
  return parsePhoneNumberFromString(phone)?.formatNational() ?? phone
}
