import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import twilioWebhooks from 'twilio/lib/webhooks/webhooks.js'
import type { Connection } from '../../domain/connection.ts'
import { makeHttp } from '../http.ts'
import { fixture, hookOf } from '../testing.ts'
import { makeTwilio } from './twilio.ts'

/**
 * Somebody holds one request that Twilio has signed, and may cut its characters anew into names and values: the same
 * signature holds for every cut. Whatever they do, the request is refused or means what it meant.
 */

const http = makeHttp()
const twilio = makeTwilio(http)
after(() => http.close())

const connection: Connection = {
  accountId: 'acme',
  id: 'main',
  kind: 'twilio',
  credentials: { accountSid: 'AC0123456789abcdef0123456789abcdef', authToken: 'a-token-of-no-account' },
  apiUrl: null,
}

type Fields = [name: string, value: string][]

const PATHS: [begin: string, path: string][] = [
  ['voice', 'voice'],
  ['dial', 'dial'],
  ['target', 'target'],
  ['status', 'status'],
  ['sms', 'sms'],
  ['receipt', 'receipt/019a1b2c-0000-7000-8000-000000000001'],
]

const sorted = (fields: Iterable<[string, string]>): Fields => [...fields].sort(([a], [b]) => (a < b ? -1 : 1))

const recorded = readdirSync(new URL('./fixtures/', import.meta.url)).map((name) => ({
  name,
  path: PATHS.find(([begin]) => name.startsWith(begin))![1],
  fields: sorted(new URLSearchParams(fixture('twilio', name))),
}))

/** Those that are cut in every way, which takes a second each. */
const EACH_KIND = [
  ...[
    'voice-forwarded.form',
    'voice-anonymous.form',
    'target-answered.form',
    'dial-screened.form',
    'status-completed.form',
  ],
  ...['sms.form', 'sms-stop.form', 'sms-picture.form', 'receipt-landline.form'],
]

/** Requests whose sender has chosen the texts in them, to have them cut later. */
const changed = (name: string, path: string, changes: Record<string, string>) => {
  const fields = new Map([...new URLSearchParams(fixture('twilio', name)), ...Object.entries(changes)])
  return { name: `${name} with ${JSON.stringify(changes)}`, path, fields: sorted(fields) }
}
const chosen = [
  ...[
    'STOP Calling me',
    'START Don’t text me EVER',
    'hiFrom+13125550199',
    'hiFrom+13125550199FromA',
    'hiFrom+13125550199FromCityXFromStateYFromZipZMessageSidSM00000000000000000000000000000000',
    'To+13125550199ToCityX',
    'Stop, Body, From, To, Timestamp',
  ].map((Body) => changed('sms.form', 'sms', { Body, NumMedia: '0', OptOutType: 'START' })),
  changed('sms.form', 'sms', { Body: '' }),
  changed('sms.form', 'sms', { From: '74454', Body: 'Your code is 1234 From12345' }),
  changed('voice.form', 'voice', { CallerName: 'JO CallerO', StirVerstat: 'TN-Validation-Failed-C' }),
  changed('voice.form', 'voice', { From: 'sip:Alice@pbx.example', StirVerstat: 'No-TN-Validation' }),
  changed('dial-completed.form', 'dial', { CallerName: 'DialB' }),
  changed('receipt-landline.form', path('receipt'), { ErrorMessage: 'Landline Exx' }),
]

function path(begin: string): string {
  return PATHS.find(([name]) => name === begin)![1]
}

const asBody = (fields: Fields) => new URLSearchParams(fields).toString()
const run = (fields: Fields) => fields.map(([name, value]) => name + value).join('')
const parse = (where: string, fields: Fields) => twilio.webhooks.parse(hookOf(connection, where, asBody(fields)))
const events = (where: string, fields: Fields) => {
  const read = parse(where, fields)
  return read.ok ? JSON.stringify(read.events) : 'refused'
}

/** Whether Twilio's signature of the original holds for the cut. */
function isSigned(where: string, original: Fields, cut: Fields): boolean {
  const hook = hookOf(connection, where, asBody(cut))
  const token = connection.credentials.authToken!
  hook.headers['x-twilio-signature'] = twilioWebhooks.getExpectedTwilioSignature(
    token,
    hook.url,
    Object.fromEntries(original),
  )
  return twilio.webhooks.verify(hook, connection).ok
}

/** The names must ascend, or they would be signed in another order. */
const ascends = (fields: Fields) => fields.every(([name], i) => i === 0 || fields[i - 1]![0] < name)

/** Each way to make fields of a text: one field, or two where a name could begin. */
function* cutsOf(text: string, { most }: { most: number }): Generator<Fields> {
  const ends = [...Array(Math.min(text.length, 40) + 1).keys()]
  for (const end of ends) yield [[text.slice(0, end), text.slice(end)]]
  if (text.length > most) return
  const begins = [...text.matchAll(/[A-Z]/g)].map((match) => match.index).filter((at) => at > 0)
  for (const begin of begins)
    for (const end of ends.slice(0, begin + 1))
      for (const next of nameEnds(text, begin))
        yield [
          [text.slice(0, end), text.slice(end, begin)],
          [text.slice(begin, next), text.slice(next)],
        ]
}

/** Where a name that begins here may end: while it is letters and digits, and not much longer than names are. */
function nameEnds(text: string, begin: number): number[] {
  const longest = /^[A-Za-z0-9]{1,16}/.exec(text.slice(begin))?.[0].length ?? 0
  return [...Array(longest).keys()].map((i) => begin + i + 1)
}

/** Every way to cut a field or two neighbours anew, and to hide any number of neighbours in one. */
function* recuts(fields: Fields): Generator<Fields> {
  for (let from = 0; from < fields.length; from++)
    for (let to = from + 1; to <= fields.length; to++) {
      const [before, among, behind] = [fields.slice(0, from), fields.slice(from, to), fields.slice(to)]
      const most = among.length <= 2 ? 70 : 0
      for (const cut of cutsOf(run(among), { most })) yield [...before, ...cut, ...behind]
    }
}

describe('a signed request that is cut anew is refused or means the same', () => {
  for (const { name, path: where, fields } of [...recorded.filter(({ name }) => EACH_KIND.includes(name)), ...chosen])
    test(name, () => {
      const meant = events(where, fields)
      assert.notEqual(meant, 'refused', 'what Twilio sends is taken')
      let tried = 0
      for (const cut of recuts(fields)) {
        if (!ascends(cut)) continue
        tried++
        const means = events(where, cut)
        if (means === 'refused' || means === meant) continue
        assert.ok(isSigned(where, fields, cut))
        assert.fail(`${asBody(cut)}\nmeans ${means}\nnot   ${meant}`)
      }
      assert.ok(tried > 500, `only ${tried} cuts were tried`)
    })

  test('cut in many places at once', () => {
    const begins = (fields: Fields) => [...run(fields).matchAll(/[A-Z]/g)].map((match) => match.index)
    fc.assert(
      fc.property(
        fc.constantFrom(...recorded, ...chosen),
        fc.array(fc.tuple(fc.nat(), fc.nat(24)), { minLength: 1, maxLength: 12 }),
        fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
        ({ path: where, fields }, places, keeps) => {
          const text = run(fields)
          const all = begins(fields)
          // Some of the true fields, and some that begin at any capital.
          const starts = new Map<number, number>([[0, fields[0]![0].length]])
          let at = 0
          for (const [i, [name, value]] of fields.entries()) {
            if (keeps[i]) starts.set(at, name.length)
            at += name.length + value.length
          }
          for (const [place, length] of places) starts.set(all[place % all.length]!, length + 1)
          const order = [...starts].sort(([a], [b]) => a - b)
          const cut = order.map(([start, length], i): [string, string] => {
            const end = order[i + 1]?.[0] ?? text.length
            return [text.slice(start, Math.min(start + length, end)), text.slice(Math.min(start + length, end), end)]
          })
          if (!ascends(cut)) return
          const means = events(where, cut)
          assert.ok(means === 'refused' || means === events(where, fields), asBody(cut))
        },
      ),
      { numRuns: 20_000 },
    )
  })

  test('with a field that comes twice', () => {
    for (const { name, path: where, fields } of recorded)
      for (const field of fields) {
        const means = events(where, sorted([...fields, field]))
        assert.ok(means === 'refused' || means === events(where, fields), `${name} with ${field[0]} twice`)
      }
  })

  test('with a name moved behind the address', () => {
    for (const { path: where, fields } of recorded)
      for (let length = 1; length <= 60; length++) {
        const moved = run(fields).slice(0, length)
        const rest = run(fields).slice(length)
        for (let end = 1; end <= 40; end++) {
          const read = parse(where + moved, [[rest.slice(0, end), rest.slice(end)], ...fields.slice(1)])
          assert.ok(!read.ok || read.events.length === 0)
          const whole = parse(where + moved, fields)
          assert.ok(!whole.ok || whole.events.length === 0)
        }
      }
  })
})

test('what Twilio may add one day is no reason to refuse a request', () => {
  const added: [string, string][] = [
    ['NewField', 'anything at all, from here to there'],
    ['OriginalMessageSid', 'SM00000000000000000000000000000000'],
    ['RelatedCallSid', 'CA00000000000000000000000000000000'],
    ['FromCountryCode', '1'],
    ['ZToken', 'eyJhbGciOiJFUzI1NiJ9.eyJUbyI6IlRvIn0.From_To-Body'],
  ]
  for (const { name, path: where, fields } of recorded)
    for (const field of added) assert.equal(events(where, sorted([...fields, field])), events(where, fields), name)
})
