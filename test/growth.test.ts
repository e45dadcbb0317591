import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, describe, test } from 'node:test'
import { provisioning } from '../src/actions/accounts/provision.ts'
import { accountSettings } from '../src/domain/account.ts'
import type { Connection } from '../src/domain/connection.ts'
import { consentWord } from '../src/domain/consent.ts'
import { bareAddress, connectionId } from '../src/domain/fields.ts'
import { fillPlaceholders, firstName, measureText, plainQuotes, templateFaults, textOf } from '../src/domain/message.ts'
import { numberSettings } from '../src/domain/number.ts'
import { formatNational, isShortCode, isWithheld, readPhone, whyUntextable } from '../src/domain/phone.ts'
import { isOwnPath } from '../src/domain/redirect.ts'
import { hours } from '../src/domain/schedule.ts'
import { csvCell } from '../src/http/csv.ts'
import * as account from '../src/http/shapes/account.ts'
import * as contacts from '../src/http/shapes/contacts.ts'
import * as messages from '../src/http/shapes/messages.ts'
import * as webhooks from '../src/http/shapes/webhooks.ts'
import { hashKey } from '../src/store/accounts/apiKeys.ts'
import { prefixQuery } from '../src/store/contacts/search.ts'
import { telnyxFailure } from '../src/vendors/telnyx/errors.ts'
import { hookOf } from '../src/vendors/testing.ts'
import { twilioFailure } from '../src/vendors/twilio/errors.ts'
import { makeVendors } from '../src/vendors/vendors.ts'

/**
 * What strangers write is read in a time that grows as the text does: one text that is read in quadratic time would
 * stop all businesses of a server for seconds. Each reader gets texts of 4, 32 and 256 KB. Eight times the length may
 * take 24 times as long, so that a busy machine fails nothing; in quadratic time it takes 64 times as long.
 */
const LENGTHS = [4 * 1024, 32 * 1024, 256 * 1024]
const MOST_GROWTH = 24
/** Below this a clock on a busy machine says nothing. */
const MEASURABLE_MS = 10
const TRIES = 5

/** The best of several tries; one that is good enough is the last. */
function bestOf(tries: number, enoughMs: number, read: () => unknown): number {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < tries && best > enoughMs; i++) {
    const from = performance.now()
    read()
    best = Math.min(best, performance.now() - from)
  }
  return best
}

/** The growth that is too much, or null. Stops at the first length that shows it, before the longest take minutes. */
function tooMuch(read: (text: string) => unknown, attack: Attack): string | null {
  let before = Number.POSITIVE_INFINITY
  for (const length of LENGTHS) {
    const text = attack(length)
    const most = before * MOST_GROWTH
    const enough = length === LENGTHS.at(-1) ? most : MEASURABLE_MS
    const best = bestOf(TRIES, enough, () => read(text))
    if (best > most)
      return `${JSON.stringify(text.slice(0, 40))}… of ${length}: ${best.toFixed(0)} ms, after ${before.toFixed(0)} ms for an eighth of it`
    before = Math.max(best, MEASURABLE_MS)
  }
  return null
}

type Attack = (length: number) => string

/** A part that is repeated, between a beginning and an end that keep it from matching at once. */
const repeated = (begin: string, part: string, end: string): Attack => {
  return (length) => begin + part.repeat(Math.ceil(length / part.length)).slice(0, length) + end
}

const PARTS = [
  ...['\n', ' ', '\t', '\r\n', '\u200b', '.', '!', '"', "'", '¿', ',', '-', '_', '/', '\\', '+', '=', '&', '@', '%'],
  ...['0', 'a', 'A', 'é', '😀', '“', '(', '[', '{', '{{', '}}', '<', ':', ';', '|', '*', '#', '\0', '\ud800'],
  ...['a ', 'a.', '1-', 'a@', 'a.a@', 'sip:', 'tel:+1', '%41', '{{a', '{{ a | ', '{{a|b}} ', '=a&', '\n ', ' \n'],
  ...['no más ', 'no mas mensaje ', 'stop ', 'stop all ', 'stop all the ', 'please no ', 'remove me from of ', 'list '],
  ...['text ', 'sent from my ', '\nsent from my ', "don't ", 'opt out ', 'mensajes ', 'ext. 1 ', 'http://a/'],
]
/** After them comes what keeps an expression from matching at once. */
const ATTACKS: Attack[] = [
  ...PARTS.map((part) => repeated('', part, 'x')),
  ...PARTS.slice(0, 20).map((part) => repeated('x', part, '')),
  ...[' ', '/', 'a'].flatMap((part) => ['{{a|', 'http://a.b', 'no más'].map((begin) => repeated(begin, part, 'x'))),
]

const { vendors, close } = makeVendors()
after(close)

const connection = (kind: string, credentials: Record<string, string>): Connection => {
  return { accountId: 'acme', id: 'main', kind, credentials, apiUrl: null }
}
const twilio = connection('twilio', { accountSid: `AC${'0'.repeat(32)}`, authToken: 'a-token' })
const telnyx = connection('telnyx', { apiKey: 'a-key', publicKey: `${'A'.repeat(43)}=` })
const pbx = connection('generic', { secret: 'a-secret-of-the-workshop' })

const twilioReads = (path: string, field: string) => (text: string) => {
  const sids = { CallSid: `CA${'1'.repeat(32)}`, MessageSid: `SM${'1'.repeat(32)}` }
  const fields = { ...sids, From: '+12025550143', To: '+12025550100', CallStatus: 'busy', [field]: text }
  const hook = hookOf(twilio, path, new URLSearchParams(fields).toString())
  hook.headers['x-twilio-signature'] = 'AAAA'
  return [vendors.get('twilio')!.webhooks.verify(hook, twilio), vendors.get('twilio')!.webhooks.parse(hook, twilio)]
}
const telnyxReads = (type: string, payload: (text: string) => object) => (text: string) => {
  const event = { data: { event_type: type, payload: { id: '1', call_session_id: '1', to: '1', ...payload(text) } } }
  return vendors.get('telnyx')!.webhooks.parse(hookOf(telnyx, 'events', JSON.stringify(event)), telnyx)
}
const pbxReads = (field: string) => (text: string) => {
  const report = { id: '1', from: '+12025550143', to: '+12025550100', [field]: text }
  return vendors.get('generic')!.webhooks.parse(hookOf(pbx, 'calls', JSON.stringify(report)), pbx)
}
const headerReads = (kind: string, at: Connection, header: string) => (text: string) => {
  const hook = hookOf(at, 'x', '{}')
  const signed = { 'telnyx-signature-ed25519': 'AAAA', 'x-textback-signature': 'ab', 'x-twilio-signature': 'AAAA' }
  hook.headers = { ...signed, [header]: text }
  return vendors.get(kind)!.webhooks.verify(hook, at)
}

const names = { first_name: null, name: null, business: 'Acme HVAC', number: '+12025550100' }

const READERS: Record<string, (text: string) => unknown> = {
  'what a text says about consent': consentWord,
  'the text of a message': textOf,
  'quotes made plain': plainQuotes,
  'a text measured': (text) => measureText(textOf(text)),
  'a template filled': (text) => fillPlaceholders(text, names),
  'a name in a template': (text) => fillPlaceholders('Hi {{name}}', { ...names, name: text }),
  'the faults of a template': templateFaults,
  'a first name': firstName,
  'a phone': (text) => readPhone(text),
  'a caller id': (text) => [isWithheld(text), isShortCode(text), whyUntextable(text, ['US']), formatNational(text)],
  'a path': isOwnPath,
  'an address without its last slashes': bareAddress,
  'an id of a connection': (text) => connectionId.safeParse(text),
  'words to search': prefixQuery,
  'a cell of a CSV': csvCell,
  'a key': hashKey,
  'an email address': (text) => contacts.newContact.safeParse({ phone: '+12025550143', email: text }),
  'a contact': (text) =>
    contacts.newContact.safeParse({ phone: text, name: text, tags: [text], fields: { [text]: text } }),
  'a change of a contact': (text) =>
    contacts.contactChange.safeParse({ addAddresses: [{ address: text }], name: text }),
  'a filter': (text) => contacts.contactFilter.safeParse({ search: text, phone: text, tag: text, limit: text }),
  'a carrier': (text) => account.newCarrier.safeParse({ id: text, kind: text, label: text, apiUrl: text }),
  'settings of a business': (text) =>
    account.settingsChange.safeParse({ name: text, timezone: text, country: text, alsoTextsCountries: [text] }),
  'a time zone': (text) => accountSettings.timezone.safeParse(text),
  'a number': (text) =>
    numberSettings.safeParse({
      number: text,
      carrier: text,
      forwardTo: [text],
      greeting: text,
      textBack: { message: text },
    }),
  hours: (text) => hours.safeParse({ days: { mon: [[text, text]] }, exceptions: [{ date: text, note: text }] }),
  'a text to send': (text) => messages.newMessage.safeParse({ to: text, body: text }),
  'a change of a conversation': (text) => messages.conversationChange.safeParse({ snoozedUntil: text }),
  'a webhook': (text) => webhooks.newWebhook.safeParse({ url: text, description: text, events: [text] }),
  'a provisioned business': (text) =>
    provisioning.safeParse({
      accounts: [
        {
          id: text,
          name: text,
          users: [{ email: text, name: text, password: text }],
          apiKeys: [{ name: text, key: text }],
          carriers: [{ id: text, kind: text, apiUrl: text }],
        },
      ],
    }),
  'what Twilio said': (text) => twilioFailure('99999', text),
  'what Telnyx said': (text) => telnyxFailure('99999', text),
  'credentials for Twilio': (text) => vendors.get('twilio')!.readCredentials({ accountSid: text, authToken: text }),
  'credentials for Telnyx': (text) => vendors.get('telnyx')!.readCredentials({ apiKey: text, publicKey: text }),
  'a Telnyx time': headerReads('telnyx', telnyx, 'telnyx-timestamp'),
  'a Telnyx signature': headerReads('telnyx', telnyx, 'telnyx-signature-ed25519'),
  'a PBX time': headerReads('generic', pbx, 'x-textback-timestamp'),
  'a Twilio signature': headerReads('twilio', twilio, 'x-twilio-signature'),
  'a Telnyx text': telnyxReads('message.received', (text) => ({ text, from: { phone_number: text } })),
  'a Telnyx name': telnyxReads('call.initiated', (text) => ({ caller_id_name: text, client_state: text, from: text })),
  'a Telnyx diversion': telnyxReads('call.initiated', (text) => ({
    sip_headers: [{ name: 'Diversion', value: text }],
    shaken_stir_attestation: text,
  })),
  'a Telnyx time of a call': telnyxReads('call.hangup', (text) => ({ start_time: text, end_time: text })),
}
for (const field of ['from', 'name', 'started_at', 'outcome']) READERS[`a PBX's ${field}`] = pbxReads(field)

/** They take long, because a form of 256 KB is decoded and signed, so they get some of the attacks only. */
const FORMS: typeof READERS = {}
for (const field of ['Body', 'From', 'MediaUrl0', 'Xyz'])
  FORMS[`Twilio's ${field} of a text`] = twilioReads('sms', field)
for (const field of ['CallSid', 'Timestamp', 'CallerName'])
  FORMS[`Twilio's ${field} of a call`] = twilioReads('status', field)

describe('what strangers write is read in linear time', () => {
  for (const [name, read] of Object.entries(READERS))
    test(name, () => {
      for (const attack of ATTACKS) assert.equal(tooMuch(read, attack), null)
    })
  for (const [name, read] of Object.entries(FORMS))
    test(name, () => {
      for (const attack of ATTACKS.slice(0, 20)) assert.equal(tooMuch(read, attack), null)
    })
})

/**
 * A regular expression is new before its reader is in the list above, so all are tried here with what most often
 * makes them slow: one of their own characters, repeated.
 */
describe('every regular expression of the server is linear in what it repeats', () => {
  const root = resolve(import.meta.dirname, '..')
  for (const path of globSync('src/**/*.ts', { cwd: root })) {
    if (/\.test\.ts$|conformance\.ts$/.test(path)) continue
    const found = expressionsOf(readFileSync(join(root, path), 'utf8'))
    if (found.length === 0) continue
    test(path, () => {
      for (const expression of found)
        for (const part of ownParts(expression))
          for (const attack of [repeated('', part, '\u2028x'), repeated('x', part, '')])
            assert.equal(
              tooMuch((text) => text.replace(expression, ''), attack),
              null,
              String(expression),
            )
    })
  }

  test('they are found', () => {
    const code = 'const a = /\\n+x$/\nif (/[/"\']+/g.test(b)) c = d / e / f\n// from /a to /b\nsplit(/x/u)'
    assert.deepEqual(expressionsOf(code).map(String), ['/\\n+x$/', '/[/"\']+/g', '/x/u'])
  })
})

/** The literals, which follow a bracket, an operator or the beginning of a line; a division follows a value. */
function expressionsOf(code: string): RegExp[] {
  const literal =
    /(?<=^|[(,=:[!&|?{};>]\s*|return\s)\/(?![/*])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\n\\[])+)\/([dgimsuvy]*)/gm
  const bare = code.replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, '')
  return [...bare.matchAll(literal)].flatMap(([, source, flags]) => {
    try {
      return [new RegExp(source!, flags)]
    } catch {
      return []
    }
  })
}

/** Single characters that the expression accepts somewhere, and the words in it. */
function ownParts({ source }: RegExp): string[] {
  const classes: [RegExp, string][] = [
    [/\\s|\\n|\\r| /, '\n'],
    [/\\s|\\t|[ ]/, ' '],
    [/\\d|0-9/, '0'],
    [/\\w|a-z|\\p|\[\^|\./, 'a'],
    [/\\S|\\p|\[\^|\./, '-'],
  ]
  const words = source.match(/[a-z]{2,}( [a-z]+)*/gi) ?? []
  const plain = [...source.replace(/\\[a-zA-Z]/g, '')].filter((one) => /[^\w\s()[\]|?*+^$\\]/.test(one))
  return [
    ...new Set([...classes.flatMap(([when, part]) => (when.test(source) ? [part] : [])), ...plain, '.', '"', '/']),
    ...new Set(words.map((word) => `${word} `)),
  ]
}
