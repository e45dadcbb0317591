import type { EventEmitter } from 'node:events'
import { push } from './calls.ts'
import type { Clock } from './clock.ts'
import type { Faults } from './faults.ts'
import type { PhoneKind, Phones } from './phones.ts'
import type { Face } from './wire.ts'

export type TextStatus = 'queued' | 'sent' | 'delivered' | 'undelivered' | 'received'

/** Why a text was not delivered: the kind of its destination. */
export type Undelivered = Exclude<PhoneKind, 'mobile'>

export type Text = {
  /** The carrier's id: a message SID or a UUID. */
  id: string
  seq: number
  carrier: Face
  /** The account's AccountSid or API key. */
  account: string
  direction: 'from_app' | 'from_phone'
  from: string
  to: string
  body: string
  media: string[]
  createdAt: Date
  sentAt: Date | null
  updatedAt: Date
  /** When the carriers' lists begin to show it. */
  listedAt: Date
  receiptDelayMs: number
  status: TextStatus
  undelivered: Undelivered | null
  /** Where receipts go, as the sender asked. */
  receiptUrl: string | null
  receiptFailoverUrl: string | null
  /** Twilio's MessagingServiceSid or Telnyx's messaging_profile_id. */
  service: string | null
}

export type NewText = Omit<
  Text,
  'seq' | 'createdAt' | 'sentAt' | 'updatedAt' | 'listedAt' | 'receiptDelayMs' | 'status' | 'undelivered'
>

/** Simulated milliseconds after acceptance: short for tests, but apart enough to be two events. */
const sentAfterMs = 20
const settledAfterMs = 60

/** The texts that the network accepted, from either side. */
export class Texts {
  #clock: Clock
  #phones: Phones
  #faults: Faults
  #changes: EventEmitter
  #texts = new Map<string, Text>()
  #byTo = new Map<string, Text[]>()
  #byFrom = new Map<string, Text[]>()
  #seq = 0

  constructor(clock: Clock, phones: Phones, faults: Faults, changes: EventEmitter) {
    this.#clock = clock
    this.#phones = phones
    this.#faults = faults
    this.#changes = changes
  }

  find(id: string): Text | undefined {
    return this.#texts.get(id)
  }

  /** Oldest first. */
  textsTo = (number: string): Text[] => this.#byTo.get(number) ?? []
  textsFrom = (number: string): Text[] => this.#byFrom.get(number) ?? []
  all = (): Text[] => [...this.#texts.values()]

  /** Whether the carriers' lists show it yet. */
  isListed = (text: Text): boolean => text.listedAt <= this.#clock.now()

  /** Accepts a text of the app: `sent` after 20 ms, settled after 60 ms by the phone's kind. Reports each step. */
  accept(fields: NewText, onStep: (text: Text) => void): Text {
    const text = this.#add(fields, 'queued')
    this.#clock.after(sentAfterMs, () => {
      text.sentAt = this.#clock.now()
      this.#step(text, 'sent', onStep)
    })
    this.#clock.after(settledAfterMs, () => {
      const { kind } = this.#phones.get(text.to)
      if (kind === 'mobile') {
        this.#step(text, 'delivered', onStep)
        this.showOnPhone(text, 'delivered')
      } else {
        text.undelivered = kind
        this.#step(text, 'undelivered', onStep)
      }
    })
    return text
  }

  /** A phone texts a business number. */
  receive(fields: NewText): Text {
    const text = this.#add(fields, 'received')
    this.#phones.show(this.#phones.get(text.from), { ...forPhone(text), direction: 'sent', status: 'sent' })
    return text
  }

  /** Shows a text on its destination's phone; also for what the carrier itself sends (confirmations of STOP). */
  showOnPhone(text: Pick<Text, 'id' | 'from' | 'to' | 'body' | 'media'>, status: string) {
    const at = this.#clock.now()
    this.#phones.show(this.#phones.get(text.to), {
      ...forPhone({ ...text, createdAt: at }),
      direction: 'received',
      status,
    })
  }

  clear() {
    for (const map of [this.#texts, this.#byTo, this.#byFrom]) map.clear()
  }

  #add(fields: NewText, status: TextStatus): Text {
    const now = this.#clock.now()
    const times = { createdAt: now, sentAt: status === 'received' ? now : null, updatedAt: now }
    const { listLagMs, receiptDelayMs } = this.#faults.forText()
    const listedAt = new Date(now.getTime() + listLagMs)
    const text: Text = { ...fields, ...times, listedAt, receiptDelayMs, seq: ++this.#seq, status, undelivered: null }
    this.#texts.set(text.id, text)
    push(this.#byTo, text.to, text)
    push(this.#byFrom, text.from, text)
    this.#changes.emit('text', text)
    return text
  }

  #step(text: Text, status: TextStatus, onStep: (text: Text) => void) {
    text.status = status
    text.updatedAt = this.#clock.now()
    this.#changes.emit('text', text)
    onStep(text)
  }
}

function forPhone(text: Pick<Text, 'id' | 'from' | 'to' | 'body' | 'media' | 'createdAt'>) {
  const { id, from, to, body, media } = text
  return { id, from, to, body, media, at: text.createdAt.toISOString() }
}
