import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomBytes } from 'node:crypto'
import type { ConfigInput } from './config.ts'

export type TwilioAccount = {
  accountSid: string
  authToken: string
  advancedOptOut: boolean
  numbers: Map<string, TwilioNumber>
}

/** The settings have Twilio's own names (VoiceUrl, SmsUrl …). */
export type TwilioNumber = {
  number: string
  label: string
  sid: string
  settings: Record<string, string>
  createdAt: Date
  updatedAt: Date
}

export type TelnyxAccount = {
  apiKey: string
  userId: string
  privateKey: KeyObject
  /** 32 raw bytes, base64. */
  publicKey: string
  numbers: Map<string, TelnyxNumber>
  applications: Map<string, Record<string, unknown> & { id: string }>
  profiles: Map<string, Record<string, unknown> & { id: string }>
}

export type TelnyxNumber = {
  id: string
  number: string
  label: string
  connectionId: string | null
  messagingProfileId: string | null
  createdAt: Date
}

export type Owner =
  | { face: 'twilio'; account: TwilioAccount; number: TwilioNumber }
  | { face: 'telnyx'; account: TelnyxAccount; number: TelnyxNumber }

/** The apps' accounts at the carriers, and which account has which number. */
export class Accounts {
  twilio = new Map<string, TwilioAccount>()
  telnyx = new Map<string, TelnyxAccount>()
  #owners = new Map<string, Owner>()

  /** Adds and updates by accountSid or apiKey; removes nothing. */
  merge(config: ConfigInput) {
    for (const input of config.twilio ?? []) {
      const account = this.twilio.get(input.accountSid) ?? {
        accountSid: input.accountSid,
        authToken: input.authToken,
        advancedOptOut: false,
        numbers: new Map<string, TwilioNumber>(),
      }
      account.authToken = input.authToken
      account.advancedOptOut = input.advancedOptOut ?? account.advancedOptOut
      this.twilio.set(account.accountSid, account)
      for (const { number, label, sid } of input.numbers ?? []) this.addTwilioNumber(account, number, label, sid)
    }
    for (const input of config.telnyx ?? []) {
      const account = this.telnyx.get(input.apiKey) ?? makeTelnyxAccount(input.apiKey)
      if (input.privateKeySeed) Object.assign(account, keysFrom(Buffer.from(input.privateKeySeed, 'base64')))
      this.telnyx.set(account.apiKey, account)
      for (const { number, label } of input.numbers ?? []) this.#addTelnyxNumber(account, number, label)
    }
  }

  addTwilioNumber(account: TwilioAccount, number: string, label?: string | null, sid?: string | null): TwilioNumber {
    const now = new Date()
    const known = account.numbers.get(number)
    const entry = known ?? {
      number,
      label: number,
      sid: `PN${digest(number)}`,
      settings: {},
      createdAt: now,
      updatedAt: now,
    }
    entry.label = label ?? entry.label
    entry.sid = sid ?? entry.sid
    account.numbers.set(number, entry)
    this.#owners.set(number, { face: 'twilio', account, number: entry })
    return entry
  }

  owner(number: string): Owner | undefined {
    return this.#owners.get(number)
  }

  #addTelnyxNumber(account: TelnyxAccount, number: string, label?: string | null) {
    const entry = account.numbers.get(number) ?? {
      // Telnyx ids of numbers are long decimal strings.
      id: BigInt(`0x${digest(number).slice(0, 15)}`).toString(),
      number,
      label: number,
      connectionId: null,
      messagingProfileId: defaultProfile(account.apiKey).id,
      createdAt: new Date(),
    }
    entry.label = label ?? entry.label
    account.numbers.set(number, entry)
    this.#owners.set(number, { face: 'telnyx', account, number: entry })
  }

  show() {
    return {
      twilio: [...this.twilio.values()].map((account) => ({ ...account, numbers: [...account.numbers.values()] })),
      telnyx: [...this.telnyx.values()].map((account) => ({
        apiKey: account.apiKey,
        publicKey: account.publicKey,
        numbers: [...account.numbers.values()],
        applications: [...account.applications.values()],
        profiles: [...account.profiles.values()],
      })),
    }
  }
}

function makeTelnyxAccount(apiKey: string): TelnyxAccount {
  const keys = keysFrom(randomBytes(32))
  const userId = uuidFrom(apiKey)
  const account: TelnyxAccount = {
    apiKey,
    userId,
    ...keys,
    numbers: new Map(),
    applications: new Map(),
    profiles: new Map(),
  }
  const profile = defaultProfile(apiKey)
  account.profiles.set(profile.id, profile)
  return account
}

/** New numbers have a profile without webhooks, so that they can send before anybody configures them. */
function defaultProfile(apiKey: string) {
  return {
    id: uuidFrom(`${apiKey} profile`),
    name: 'Default',
    enabled: true,
    record_type: 'messaging_profile',
    webhook_api_version: '2',
    webhook_url: null,
    webhook_failover_url: null,
    whitelisted_destinations: ['US'],
  }
}

/** An Ed25519 pair from its 32-byte seed. The prefix is the PKCS #8 wrapping of such a seed (RFC 8410). */
export function keysFrom(seed: Buffer): { privateKey: KeyObject; publicKey: string } {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return { privateKey, publicKey: spki.subarray(-32).toString('base64') }
}

function digest(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

/** A stable UUID, so that an account keeps its ids over restarts. */
export function uuidFrom(text: string): string {
  const hex = digest(text)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
