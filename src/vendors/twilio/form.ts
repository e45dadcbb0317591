import type { FieldError } from '../../domain/fields.ts'
import { isDocumented, isName, isValueOf, LONG_NAMES, SHORT_NAMES } from './names.ts'

/**
 * Twilio signs names and values run together, in the order of the names, with no mark between them. So its signature
 * holds for the same characters cut elsewhere too: `MessageSid=SM…&NumMedia=0` and `MessageSid=SM…NumMedia0`. Whoever
 * has one signed request could hide a field in the name or value beside it, or make a field of a part of a text.
 *
 * A form is read only if it is cut as Twilio cuts it, so that no other cut of it means something else:
 * - a name is a word with a capital, and a documented one comes once;
 * - ids, phones, statuses, numbers and times are nothing but that;
 * - the name of a field stands in no other field;
 * - a text is read to the next name that Twilio documents, whoever cut what lies between.
 */
export type Form = { get(field: string): string }

/** The fields as they are signed. A repeated name has a list, because Twilio signs all its values. */
export type Signed = Record<string, string | string[]>

export function signedFields(body: Buffer): Signed {
  const fields: Signed = Object.create(null)
  const sent = new URLSearchParams(body.toString('utf8'))
  for (const name of new Set(sent.keys())) {
    const values = sent.getAll(name)
    fields[name] = values.length === 1 ? values[0]! : values
  }
  return fields
}

type Field = { name: string; value: string }

/** `reads`: the fields that matter to the reader. The errors name the fields that Twilio would not have sent so. */
export function readForm(
  signed: Signed,
  reads: string[],
): { ok: true; form: Form } | { ok: false; errors: FieldError[] } {
  const fields = withWholeTexts(inSignedOrder(signed))
  const values = new Map(fields.map(({ name, value }) => [name, value]))
  const missing = reads.filter((name) => !values.has(name) && !values.has(`${name}0`))
  const errors = [
    ...Object.keys(signed).flatMap((name) => {
      if (!isName(name)) return [{ field: '(body)', message: 'has a field with a name that Twilio would not give' }]
      return Array.isArray(signed[name]) && isDocumented(name) ? [{ field: name, message: 'comes more than once' }] : []
    }),
    ...fields.flatMap(({ name, value }) =>
      isValueOf(name, value) ? [] : [{ field: name, message: 'is not what Twilio sends there' }],
    ),
    ...hiddenNames(fields, missing),
  ]
  return errors.length > 0 ? { ok: false, errors } : { ok: true, form: { get: (field) => values.get(field) ?? '' } }
}

/** As the official SDK signs them. */
function inSignedOrder(signed: Signed): Field[] {
  return Object.keys(signed)
    .sort()
    .flatMap((name) => [...new Set([signed[name]!].flat())].sort().map((value) => ({ name, value })))
}

/** Only the next name shows where these end. */
const TEXTS = new Set(['Body', 'CallerName', 'ErrorMessage', 'StirVerstat'])

/**
 * Puts back what somebody may have cut off a text: `Body=STOP ` and `Calling= me` are "STOP Calling me". A name of two
 * words (`ContentSid`) is one that Twilio has added since this was written, and no part of the text.
 */
function withWholeTexts(fields: Field[]): Field[] {
  const whole: Field[] = []
  for (const field of fields) {
    const text = whole.at(-1)
    if (text && TEXTS.has(text.name) && !isDocumented(field.name) && !/[a-z][A-Z][a-z]/.test(field.name))
      whole[whole.length - 1] = { name: text.name, value: text.value + field.name + field.value }
    else whole.push(field)
  }
  return whole
}

/** A field's place in what is signed: its name, then its value. */
type Place = Field & { start: number; nameEnd: number; end: number }

/** The names that stand where no field of theirs begins; `missing` are those that the reader would look for. */
function hiddenNames(fields: Field[], missing: string[]): FieldError[] {
  let end = 0
  const places = fields.map((field): Place => {
    const start = end
    const nameEnd = start + field.name.length
    end = nameEnd + field.value.length
    return { ...field, start, nameEnd, end }
  })
  const signed = fields.map(({ name, value }) => name + value).join('')
  const at = (index: number) => places.find((place) => index < place.end || index < place.nameEnd)!
  const isHidden = (index: number, other: string, isMissing: boolean) => {
    const place = at(index)
    // A text may say anything. Behind it comes From, which cannot be missing.
    if (place.name === 'Body' && index >= place.nameEnd) return false
    if (index + other.length > place.nameEnd) return true
    // A longer name may well hold another (SmsMessageSid), but not with a value beside it (US20001FromZip).
    if (isDocumented(place.name)) return false
    const [before, behind] = [signed.slice(place.start, index), signed.slice(index + other.length, place.nameEnd)]
    return isMissing || /[A-Z0-9]$/.test(before) || /^(?:\d|[A-Z]{2})/.test(behind)
  }
  const hidden = new Set<string>()
  // A text that says "Body" could be made to begin there.
  const body = places.find(({ name }) => name === 'Body')
  if (body && signed.indexOf('Body') < body.start) hidden.add('Body')
  for (const other of [...LONG_NAMES, ...missing]) {
    const isMissing = missing.includes(other)
    for (let index = signed.indexOf(other); index >= 0; index = signed.indexOf(other, index + 1))
      if (isHidden(index, other, isMissing)) hidden.add(other)
  }
  for (const [other, named] of SHORT_NAMES)
    for (const { index } of signed.matchAll(named)) if (isHidden(index, other, false)) hidden.add(other)
  return [...hidden].map((field) => ({ field, message: 'stands inside of another field' }))
}
