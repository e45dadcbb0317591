import type { EventEmitter } from 'node:events'

export const phoneKinds = ['mobile', 'landline', 'filtered', 'unreachable', 'invalid'] as const
/** `filtered`: the network drops texts to it as spam. `invalid`: there is no such number. */
export type PhoneKind = (typeof phoneKinds)[number]

export const reactions = ['ring', 'answer', 'decline', 'busy', 'unreachable'] as const
/** What the phone does when it is called; `ring`: it rings until somebody acts. */
export type Reaction = (typeof reactions)[number]

/** A text as the phone's owner sees it. */
export type PhoneMessage = {
  id: string
  direction: 'received' | 'sent'
  from: string
  to: string
  body: string
  media: string[]
  at: string
  status: string
}

export type Phone = {
  number: string
  kind: PhoneKind
  whenCalled: Reaction
  /** Simulated milliseconds of ringing before it answers or declines. */
  afterMs: number
  messages: PhoneMessage[]
  received: number
  callIds: string[]
}

/** Every phone of the network; a phone is created when it is first named. */
export class Phones {
  #phones = new Map<string, Phone>()
  #changes: EventEmitter

  constructor(changes: EventEmitter) {
    this.#changes = changes
  }

  get(number: string): Phone {
    let phone = this.#phones.get(number)
    if (!phone) {
      phone = { number, kind: 'mobile', whenCalled: 'ring', afterMs: 0, messages: [], received: 0, callIds: [] }
      this.#phones.set(number, phone)
    }
    return phone
  }

  all(): Phone[] {
    return [...this.#phones.values()]
  }

  put(number: string, nature: Partial<Pick<Phone, 'kind' | 'whenCalled' | 'afterMs'>>): Phone {
    const phone = Object.assign(this.get(number), nature)
    this.changed(phone)
    return phone
  }

  show(phone: Phone, message: PhoneMessage) {
    phone.messages.push(message)
    if (message.direction === 'received') phone.received++
    this.changed(phone)
  }

  changed(phone: Phone) {
    this.#changes.emit(`phone ${phone.number}`)
    this.#changes.emit('phone', phone)
  }

  clear() {
    this.#phones.clear()
  }
}

export function isE164(number: unknown): number is string {
  return typeof number === 'string' && /^\+[1-9]\d{6,14}$/.test(number)
}
