import { Input, Mistake } from './input.ts'

/** The carrier accounts that the network knows. */
export type ConfigInput = {
  twilio?: {
    accountSid: string
    authToken: string
    /** Twilio's Advanced Opt-Out: an inbound STOP is marked with OptOutType. */
    advancedOptOut?: boolean
    numbers?: { number: string; label?: string | null; sid?: string | null }[]
  }[]
  telnyx?: {
    apiKey: string
    /** 32 bytes, base64; the public key derives from it. Without one, a key pair is made. */
    privateKeySeed?: string | null
    numbers?: { number: string; label?: string | null }[]
  }[]
}

/** Checks a config that came as JSON; throws a Mistake that names the wrong field. */
export function readConfig(body: unknown): ConfigInput {
  const input = new Input(body)
  return {
    twilio: input.list('twilio').map((entry) => ({
      accountSid: matching(entry, 'accountSid', /^AC[0-9a-fA-F]{32}$/, 'AC and 32 hexadecimal digits'),
      authToken: entry.text('authToken'),
      ...(entry.has('advancedOptOut') ? { advancedOptOut: entry.flag('advancedOptOut', false) } : {}),
      numbers: entry.list('numbers').map((one) => ({ ...readNumber(one), sid: one.text('sid', null) })),
    })),
    telnyx: input.list('telnyx').map((entry) => ({
      apiKey: entry.text('apiKey'),
      privateKeySeed: entry.has('privateKeySeed')
        ? matching(entry, 'privateKeySeed', /^[A-Za-z0-9+/]{43}=$/, '32 bytes in base64')
        : null,
      numbers: entry.list('numbers').map(readNumber),
    })),
  }
}

function readNumber(entry: Input) {
  const number = matching(entry, 'number', /^\+[1-9]\d{6,14}$/, 'an E.164 number such as +12025550143')
  return { number, label: entry.text('label', null) }
}

function matching(entry: Input, field: string, pattern: RegExp, rule: string): string {
  const value = entry.text(field)
  if (!pattern.test(value)) throw new Mistake(400, `${entry.name(field)} must be ${rule}.`, entry.name(field))
  return value
}
