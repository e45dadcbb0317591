import { randomBytes } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import type { Clock } from './clock.ts'
import { isE164, type Phones } from './phones.ts'
import type { Face } from './wire.ts'

export type LegState = 'ringing' | 'in_progress' | 'ended'

/** Why a rung phone was not reached. `canceled`: the other side stopped ringing it. */
export type Unanswered = 'busy' | 'declined' | 'no_answer' | 'unreachable' | 'invalid' | 'canceled'

export type EndedBy = 'caller' | 'callee' | 'app' | 'carrier'

/** One phone in a call, from its first ring to its end. */
export type Leg = {
  call: Call
  /** The carrier's id of this leg: a CallSid or a call_control_id. */
  id: string
  /** For paging through lists: later legs have higher numbers. */
  seq: number
  /** The caller's own leg, or a leg that the app had rung. */
  role: 'caller' | 'target'
  from: string
  to: string
  state: LegState
  why: Unanswered | null
  /** The carrier's word for how it ended (Twilio's CallStatus, Telnyx's hangup_cause). */
  ending: string | null
  startedAt: Date
  answeredAt: Date | null
  endedAt: Date | null
  /** Simulated milliseconds, for durations. */
  ticks: { started: number; answered: number | null; ended: number | null }
  /** Aborts when the leg ends. */
  over: AbortController
  on: LegHandlers
  stopRinging: (() => void) | null
}

/** What the person on a leg does; the face that made the leg listens. */
export type LegHandlers = {
  answered?: () => void
  unanswered?: (why: Unanswered) => void
  /** The person hangs up. For the caller this can also come while it rings. */
  hungUp?: () => void
  digits?: (digits: string) => void
}

/** A whole call; the first leg decides its state. */
export type Call = {
  id: string
  face: Face
  carrierCallId: string
  from: string
  to: string
  stirVerstat: string | null
  callerName: string | null
  forwardedFrom: string | null
  legs: Leg[]
  timeline: { at: string; what: string }[]
  endedBy: EndedBy | null
}

export type NewCall = Pick<Call, 'face' | 'carrierCallId' | 'from' | 'to'> &
  Partial<Pick<Call, 'stirVerstat' | 'callerName' | 'forwardedFrom'>>

export class Calls {
  #clock: Clock
  #phones: Phones
  #changes: EventEmitter
  #calls = new Map<string, Call>()
  #legs = new Map<string, Leg>()
  #byTo = new Map<string, Leg[]>()
  #byFrom = new Map<string, Leg[]>()
  #seq = 0

  constructor(clock: Clock, phones: Phones, changes: EventEmitter) {
    this.#clock = clock
    this.#phones = phones
    this.#changes = changes
  }

  open(fields: NewCall): Call {
    const call: Call = {
      stirVerstat: null,
      callerName: null,
      forwardedFrom: null,
      ...fields,
      id: `call_${randomBytes(8).toString('hex')}`,
      legs: [],
      timeline: [],
      endedBy: null,
    }
    this.#calls.set(call.id, call)
    this.#calls.set(call.carrierCallId, call)
    return call
  }

  /** By the simulator's id or by the carrier's. */
  find(id: string): Call | undefined {
    return this.#calls.get(id)
  }

  leg(id: string): Leg | undefined {
    return this.#legs.get(id)
  }

  /** Oldest first. */
  legsTo = (number: string): Leg[] => this.#byTo.get(number) ?? []
  legsFrom = (number: string): Leg[] => this.#byFrom.get(number) ?? []
  allLegs = (): Leg[] => [...this.#legs.values()]

  addLeg(call: Call, fields: Pick<Leg, 'id' | 'role' | 'from' | 'to'>): Leg {
    const leg: Leg = {
      ...fields,
      call,
      seq: ++this.#seq,
      state: 'ringing',
      why: null,
      ending: null,
      startedAt: this.#clock.now(),
      answeredAt: null,
      endedAt: null,
      ticks: { started: this.#clock.elapsedMs(), answered: null, ended: null },
      over: new AbortController(),
      on: {},
      stopRinging: null,
    }
    call.legs.push(leg)
    this.#legs.set(leg.id, leg)
    push(this.#byTo, leg.to, leg)
    push(this.#byFrom, leg.from, leg)
    const phone = this.#phones.get(leg.role === 'caller' ? leg.from : leg.to)
    phone.callIds.push(call.id)
    this.note(call, leg.role === 'caller' ? `${leg.from} calls ${leg.to}` : `${leg.to} rings`)
    this.#phones.changed(phone)
    return leg
  }

  /** Rings the phone of a target leg, then calls either `answered` or `unanswered`. `timeoutMs` is simulated. */
  ring(leg: Leg, timeoutMs: number, on: LegHandlers) {
    leg.on = on
    const phone = this.#phones.get(leg.to)
    const [why, afterMs] = reactionOf(
      phone.kind === 'invalid' || !isE164(leg.to) ? 'invalid' : phone.whenCalled,
      phone.afterMs,
    )
    const giveUp = this.#clock.after(timeoutMs, () => this.unreached(leg, 'no_answer'))
    const react =
      why === 'ring'
        ? null
        : this.#clock.after(afterMs, () => (why === 'answered' ? this.answer(leg) : this.unreached(leg, why)))
    leg.stopRinging = () => {
      giveUp()
      react?.()
    }
  }

  /** The phone of a ringing leg is picked up. */
  answer(leg: Leg) {
    if (leg.state !== 'ringing') return
    this.markAnswered(leg)
    this.note(leg.call, `${leg.to} answers`)
    leg.on.answered?.()
  }

  /** The app opens the caller's leg, or a phone opens its target leg. */
  markAnswered(leg: Leg) {
    if (leg.state !== 'ringing') return
    leg.stopRinging?.()
    leg.stopRinging = null
    leg.state = 'in_progress'
    leg.answeredAt = this.#clock.now()
    leg.ticks.answered = this.#clock.elapsedMs()
    this.changed(leg.call)
  }

  /** A ringing target leg ends without an answer; its listener names the carrier's ending. */
  unreached(leg: Leg, why: Unanswered) {
    if (leg.state !== 'ringing') return
    leg.why = why
    this.note(leg.call, `${leg.to} ${sentences[why]}`)
    leg.on.unanswered?.(why)
  }

  end(leg: Leg, ending: string, by: EndedBy) {
    if (leg.state === 'ended') return
    leg.stopRinging?.()
    leg.stopRinging = null
    leg.state = 'ended'
    leg.ending = ending
    leg.ticks.ended = this.#clock.elapsedMs()
    leg.endedAt = new Date(leg.startedAt.getTime() + leg.ticks.ended - leg.ticks.started)
    leg.over.abort()
    if (leg === leg.call.legs[0]) {
      leg.call.endedBy = by
      this.note(leg.call, `the call ends (${ending}), by the ${by}`)
    } else this.changed(leg.call)
  }

  note(call: Call, what: string) {
    call.timeline.push({ at: this.#clock.now().toISOString(), what })
    this.changed(call)
  }

  changed(call: Call) {
    this.#changes.emit(`call ${call.id}`)
    this.#changes.emit('call', call)
  }

  /** Forgets everything; for code that still runs, its leg is over. */
  clear() {
    // Remove all handlers before the first abort, or the end of one leg would reach another.
    for (const leg of this.#legs.values()) {
      leg.stopRinging?.()
      leg.on = {}
      leg.state = 'ended'
    }
    for (const leg of this.#legs.values()) leg.over.abort()
    for (const map of [this.#calls, this.#legs, this.#byTo, this.#byFrom]) map.clear()
  }
}

export function callState(call: Call): LegState {
  return call.legs[0]?.state ?? 'ringing'
}

/** Whole simulated seconds between two moments of a leg, 0 where one did not happen. */
export function secondsBetween(from: number | null, to: number | null): number {
  return from === null || to === null ? 0 : Math.max(0, Math.round((to - from) / 1000))
}

export function push<T>(map: Map<string, T[]>, key: string, value: T) {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

const sentences: Record<Unanswered, string> = {
  busy: 'is busy',
  declined: 'declines',
  no_answer: 'is not answered',
  unreachable: 'cannot be reached',
  invalid: 'does not exist',
  canceled: 'stops ringing',
}

function reactionOf(
  reaction: 'ring' | 'answer' | 'decline' | 'busy' | 'unreachable' | 'invalid',
  afterMs: number,
): ['ring' | 'answered' | Unanswered, number] {
  if (reaction === 'answer') return ['answered', afterMs]
  if (reaction === 'decline') return ['declined', afterMs]
  return [reaction, afterMs]
}
