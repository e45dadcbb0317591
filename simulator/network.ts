import { EventEmitter, setMaxListeners } from 'node:events'
import { Accounts } from './accounts.ts'
import { type Call, Calls } from './calls.ts'
import { Clock } from './clock.ts'
import type { ConfigInput } from './config.ts'
import { Courier } from './courier.ts'
import { Deliveries } from './deliveries.ts'
import { Faults } from './faults.ts'
import { OptOuts } from './optouts.ts'
import { Phones } from './phones.ts'
import { type Text, Texts } from './texts.ts'
import { Wire } from './wire.ts'

/** Sources disagree on what Twilio does when a caller gives up while the target rings; each variant can be chosen. */
export const callerGivesUpVariants = ['no-action', 'canceled', 'no-answer'] as const

export type Settings = {
  twilioCallerGivesUp: (typeof callerGivesUpVariants)[number]
  /** False: every list of the carriers' APIs answers 503. */
  listsReadable: boolean
}

/** A recording holds silence: the simulated caller says nothing. */
export type Recording = { sid: string; accountSid: string; callSid: string; startedAt: Date; seconds: number }

/** The state of the network; the faces and the control API change it. */
export class Network {
  /** `wire`, `call`, `phone` and `text` report everything; `call {id}` and `phone {number}` report one. */
  changes = new EventEmitter().setMaxListeners(0)
  clock = new Clock()
  settings: Settings = { twilioCallerGivesUp: 'canceled', listsReadable: true }
  faults = new Faults()
  wire = new Wire(this.changes)
  courier = new Courier(this.faults, this.wire)
  accounts = new Accounts()
  phones = new Phones(this.changes)
  calls = new Calls(this.clock, this.phones, this.changes)
  texts = new Texts(this.clock, this.phones, this.faults, this.changes)
  optOuts = new OptOuts()
  recordings = new Map<string, Recording>()
  deliveries = new Deliveries()
  /** Where the faces listen; known once they do. */
  twilioUrl = ''
  telnyxUrl = ''

  #stop = new AbortController()
  /** Aborts when the network stops, for waits that belong to no call. */
  stopped = this.#stop.signal

  constructor(config: ConfigInput) {
    setMaxListeners(0, this.stopped)
    this.accounts.merge(config)
  }

  /** Removes calls, texts, phones, wire, faults and blocks; keeps accounts, webhooks, settings and clock speed. */
  reset() {
    this.clock.clear()
    this.calls.clear()
    this.texts.clear()
    this.phones.clear()
    this.optOuts.clear()
    this.recordings.clear()
    this.deliveries.clear()
    this.faults.clear()
    this.wire.clear()
  }

  async stop() {
    this.#stop.abort()
    this.reset()
    await this.courier.close()
  }
}

/** What a carrier does when a phone calls or texts one of its numbers. */
export type CarrierFace = {
  /** A phone calls a business number. */
  placeCall(incoming: IncomingCall): Call
  /** A phone texts a business number. */
  takeText(incoming: IncomingText): Text
}

export type IncomingCall = {
  from: string
  to: string
  stirVerstat: string | null
  callerName: string | null
  forwardedFrom: string | null
}

export type IncomingText = { from: string; to: string; body: string; media: string[] }
