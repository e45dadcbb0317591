import { isSupportedCountry } from 'libphonenumber-js/max'
import { z } from 'zod'

export const NOT_A_TIMEZONE = 'is not a time zone; write it like America/New_York'

/** A name, not an offset: JavaScript reads +05:00 as east of Greenwich, PostgreSQL as west. */
export const timezone = z.string().refine((zone) => {
  if (!/^[a-z]/i.test(zone)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}, NOT_A_TIMEZONE)

export const country = z.string().refine(isSupportedCountry, 'is not a country; write two letters like US')

/** What an account can set about itself. */
export const accountSettings = {
  name: z.string().trim().min(1, 'is the name that callers read; it must say something').max(80),
  timezone,
  country,
  alsoTextsCountries: z.array(country).max(50),
  plan: z.enum(['core', 'pro']),
  /** In segments, like those below. */
  dailyCap: z.int().min(0).max(1_000_000),
  recipientHourlyCap: z.int().min(1).max(100_000),
  recipientDailyCap: z.int().min(1).max(100_000),
  newLeadAfterDays: z.int('is whole days').min(0).max(3650, 'is at most ten years (3650)').nullable(),
  lateAfterMinutes: z.int().min(1).max(1440, 'is at most a day (1440)'),
}
