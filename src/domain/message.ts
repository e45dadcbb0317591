import { SegmentedMessage } from 'sms-segments-calculator'
import type { MessageStatus } from './words.ts'

/** What a text costs on the air. GSM-7: 160 characters, or 153 in each of several segments; UCS-2: 70, or 67. */
export type Measured = {
  encoding: 'GSM-7' | 'UCS-2'
  segments: number
  characters: number
  /** The characters that made it UCS-2; empty for GSM-7. */
  notGsm: string[]
}

/** Printable ASCII without the characters that GSM-7 lacks or counts twice. Saves the calculator's 0.2 ms a text. */
const PLAIN_GSM = /^[\n\r !-Z_a-z]*$/

export function measureText(body: string): Measured {
  if (PLAIN_GSM.test(body)) {
    const segments = body.length <= 160 ? 1 : Math.ceil(body.length / 153)
    return { encoding: 'GSM-7', segments, characters: body.length, notGsm: [] }
  }
  if (body.length > LONGEST_BODY) return measureLong(body)
  const message = new SegmentedMessage(body)
  return {
    encoding: message.encodingName as Measured['encoding'],
    segments: message.segmentsCount,
    characters: message.numberOfCharacters,
    notGsm: [...new Set(message.getNonGsmCharacters())],
  }
}

/** GSM-7 has 137 characters, so of more different ones some are not in it. */
const MORE_THAN_GSM = 200

/** The calculator's time grows with the square of the length, so for a long text it only says which encoding it is. */
function measureLong(body: string): Measured {
  const different = [...new Set(body)].slice(0, MORE_THAN_GSM)
  const { encoding, notGsm } = measureText(different.join(''))
  const twice = encoding === 'GSM-7' ? (body.match(/[[\]{}\\^~|€\f]/g) ?? []).length : 0
  const size = body.length + twice
  return { encoding, segments: Math.ceil(size / (encoding === 'GSM-7' ? 153 : 67)), characters: size, notGsm }
}

const PLAIN: Record<string, string> = {
  '“': '"',
  '”': '"',
  '„': '"',
  '‘': "'",
  '’': "'",
  '‚': "'",
  '`': "'",
  '´': "'",
  '–': '-',
  '—': '-',
  '…': '...',
  '\u00a0': ' ',
}

/** Replaces typographic characters when that makes the text GSM-7: one curly quote halves the room of a text. */
export function plainQuotes(body: string): string {
  const plain = body.replace(/[“”„‘’‚`´–—…\u00a0]/g, (character) => PLAIN[character] ?? character)
  // Three dots for one character may make the text too long for the carriers.
  return plain.length <= LONGEST_BODY && measureText(plain).encoding === 'GSM-7' ? plain : body
}

/** The longest body that both carriers take. */
export const LONGEST_BODY = 1600

/**
 * The longest text that comes in. A text has up to 1,600 characters. A picture message has no standard limit: carriers
 * speak of "several thousand characters" (the sources are in the READMEs of the vendors). More is an attack.
 */
const LONGEST_INBOUND = 10_000

/** What may be a text of the body that a carrier brings, whose request may have 256 KB. */
export function textOf(body: string): string {
  return body.length > LONGEST_INBOUND ? body.slice(0, LONGEST_INBOUND).toWellFormed() : body
}

/** Placeholders are values only, no logic: `{{first_name | there}}` is the name, or "there" when it is not known. */
export type Placeholders = { first_name: string | null; name: string | null; business: string; number: string }

export const PLACEHOLDERS = ['first_name', 'name', 'business', 'number'] as const satisfies (keyof Placeholders)[]

/** Braces with anything between them. Its reader is apart, because together they would read long texts again and again. */
const BRACES = /\{\{([^{}]*)\}\}/g

/** What stands between the braces: a name and perhaps another text for when its value is not known. */
function readPlaceholder(inside: string): { key: string; otherwise: string } | null {
  const [, key, otherwise = ''] = /^\s*([a-z_]+)\s*(?:\|([^{}]*))?$/.exec(inside) ?? []
  return key ? { key, otherwise: otherwise.trim() } : null
}

export function fillPlaceholders(template: string, values: Placeholders): string {
  const filled = template.replace(BRACES, (whole, inside: string) => {
    const placeholder = readPlaceholder(inside)
    return placeholder ? values[placeholder.key as keyof Placeholders] || placeholder.otherwise : whole
  })
  return plainQuotes(filled.replace(/[ \t]{2,}/g, ' ').trim())
}

/** A caller whose name is not known, as most are. */
const STRANGER: Placeholders = { first_name: null, name: null, business: 'Acme HVAC', number: '+12025550100' }

const LONGEST_NAMES: Placeholders = {
  first_name: 'a'.repeat(120),
  name: 'a'.repeat(120),
  business: 'a'.repeat(80),
  number: '+12025550100',
}

/** What is wrong with a template, in words for its author; empty when nothing is. */
export function templateFaults(template: string): string[] {
  const faults: string[] = []
  if (template.trim() === '') faults.push('The message is empty. Write what the caller should read.')
  if (template.length > LONGEST_BODY) return [`The message is longer than ${LONGEST_BODY} characters.`]
  const around = template.replace(BRACES, (whole, inside: string) => {
    const placeholder = readPlaceholder(inside)
    if (placeholder && !(PLACEHOLDERS as readonly string[]).includes(placeholder.key))
      faults.push(
        `There is no placeholder {{${placeholder.key}}}. There are: ${PLACEHOLDERS.map((p) => `{{${p}}}`).join(', ')}.`,
      )
    return placeholder ? '' : whole
  })
  if (/\{\{|\}\}/.test(around)) faults.push('A {{ or }} stands alone. Write placeholders like {{first_name | there}}.')
  if (faults.length === 0 && fillPlaceholders(template, STRANGER) === '')
    faults.push(
      'Nothing is left of the message for a caller whose name is not known. Write words around {{first_name}}.',
    )
  if (faults.length === 0 && fillPlaceholders(template, LONGEST_NAMES).length > LONGEST_BODY)
    faults.push(`With long names the message gets longer than ${LONGEST_BODY} characters. Shorten it.`)
  return faults
}

/** What is allowed but could be better: one sentence each. */
export function templateAdvice(template: string): string[] {
  const advice: string[] = []
  const sample = fillPlaceholders(template, { first_name: 'Jo', name: 'Jo', business: 'Acme HVAC', number: '' })
  const { segments, encoding, notGsm } = measureText(sample)
  if (segments > 1)
    advice.push(
      encoding === 'UCS-2'
        ? `It needs ${segments} segments because of ${notGsm.join(' ')}; without them a segment holds 160 characters instead of 70.`
        : `It needs ${segments} segments. Under 160 characters it is one.`,
    )
  if (!/\{\{\s*business\b/.test(template)) advice.push('Say who you are: {{business}} puts your name in.')
  return advice
}

/** The default text: who we are, that a reply works, and how to stop. */
export const DEFAULT_TEXT_BACK =
  "Hi {{first_name | there}}, sorry we missed your call. This is {{business}}. Reply here and we'll get right back to you. Reply STOP to opt out."

/** What a caller hears when the carrier cannot leave the call ringing. */
export const DEFAULT_GREETING = "Sorry we missed your call. We're sending you a text message right now."

/** How far a message has come. Receipts may overtake each other, but a status never goes back. */
const PROGRESS: Record<MessageStatus, number> = {
  queued: 0,
  sending: 1,
  unknown: 2,
  accepted: 3,
  sent: 4,
  undelivered: 5,
  failed: 5,
  refused: 5,
  delivered: 6,
  received: 9,
}

/** Receipts come late, twice and in any order, so a status only goes forward. `delivered` also corrects a failure. */
export function mayBecome(from: MessageStatus, to: MessageStatus): boolean {
  return PROGRESS[to] > PROGRESS[from]
}

/** The statuses from which `to` may be reached: the guard in the SQL that applies a receipt. */
export function mayPrecede(to: MessageStatus): MessageStatus[] {
  return (Object.keys(PROGRESS) as MessageStatus[]).filter((from) => mayBecome(from, to))
}

/** The first name, for texts: "Dana" of "Dana Whitfield". */
export function firstName(name: string | null): string | null {
  return name?.trim().split(/\s+/)[0] || null
}
