import { randomBytes, randomUUID } from 'node:crypto'
import type { TelnyxAccount, TelnyxNumber } from '../accounts.ts'
import type { Call, EndedBy, Leg } from '../calls.ts'
import type { IncomingCall, Network } from '../network.ts'
import { sendEvent } from './events.ts'
import { hangupCauses, hangupPayload, initiatedPayload, legPayload, type TelnyxLeg } from './shapes.ts'

/** How to ring a leg, and what happens when it is answered. */
export type Ringing = {
  from: string
  to: string
  timeoutMs: number
  clientState: string | null
  /** The leg to connect with on answer. */
  bridgeTo: TelnyxLeg | null
  /** Hang up on answer when `bridgeTo` is already connected to somebody else. */
  preventDoubleBridge: boolean
}

/** The legs of Telnyx calls: how they begin, connect and end, and the events that report it. */
export class TelnyxCalls {
  #network: Network
  #legs = new WeakMap<Leg, TelnyxLeg>()

  constructor(network: Network) {
    this.#network = network
  }

  find(callControlId: string): TelnyxLeg | undefined {
    const leg = this.#network.calls.leg(callControlId)
    return leg && this.#legs.get(leg)
  }

  /** A phone calls a number. The leg is parked and keeps ringing until somebody acts. */
  place(account: TelnyxAccount, number: TelnyxNumber, incoming: IncomingCall): Call {
    const { calls } = this.#network
    const call = calls.open({ face: 'telnyx', carrierCallId: randomUUID(), ...incoming })
    const caller = this.#add(call, account, number.connectionId ?? '', 'caller', incoming.from, incoming.to, null)
    if (number.connectionId === null) {
      calls.note(call, `${incoming.to} has no connection (call control application): Telnyx rejects the call`)
      calls.end(caller.leg, 'not_found', 'carrier')
      return call
    }
    caller.leg.on.hungUp = () => {
      const cause = caller.leg.state === 'ringing' ? 'originator_cancel' : 'normal_clearing'
      this.hangUp(caller, cause, 'caller', 'caller')
    }
    this.emit(caller, 'call.initiated', initiatedPayload(caller))
    return call
  }

  /** A call that the app starts by itself. */
  openOutgoing(from: string, to: string): Call {
    return this.#network.calls.open({ face: 'telnyx', carrierCallId: randomUUID(), from, to })
  }

  /** Rings a phone as a new leg of the call. */
  ring(call: Call, account: TelnyxAccount, connectionId: string, ringing: Ringing): TelnyxLeg {
    const { bridgeTo, timeoutMs } = ringing
    const target = this.#add(call, account, connectionId, 'target', ringing.from, ringing.to, ringing.clientState)
    bridgeTo?.ringing.add(target)
    this.emit(target, 'call.initiated', initiatedPayload(target))
    this.#network.calls.ring(target.leg, timeoutMs, {
      answered: () => {
        bridgeTo?.ringing.delete(target)
        this.emit(target, 'call.answered', this.#answeredPayload(target))
        if (!bridgeTo) return
        if (bridgeTo.bridgedTo && ringing.preventDoubleBridge) this.hangUp(target, 'normal_clearing', 'caller', 'app')
        else if (bridgeTo.leg.state !== 'ended') this.bridge(bridgeTo, target)
      },
      unanswered: (why) => {
        bridgeTo?.ringing.delete(target)
        this.hangUp(target, hangupCauses[why], why === 'canceled' ? 'caller' : 'callee', 'callee')
      },
      hungUp: () => this.hangUp(target, 'normal_clearing', 'callee', 'callee'),
    })
    return target
  }

  answer(telnyxLeg: TelnyxLeg) {
    if (telnyxLeg.leg.state !== 'ringing') return
    this.#network.calls.markAnswered(telnyxLeg.leg)
    this.#network.calls.note(telnyxLeg.leg.call, 'the app answers the call')
    this.emit(telnyxLeg, 'call.answered', this.#answeredPayload(telnyxLeg))
  }

  /** Connects two legs, which opens a parked one. Other phones that ring for the first leg stop ringing. */
  bridge(one: TelnyxLeg, other: TelnyxLeg) {
    const { calls } = this.#network
    for (const side of [one, other]) calls.markAnswered(side.leg)
    one.bridgedTo = other
    other.bridgedTo = one
    calls.note(one.leg.call, `${phoneOf(one)} and ${phoneOf(other)} are connected`)
    for (const side of [one, other]) this.emit(side, 'call.bridged', legPayload(side))
    for (const waiting of [...one.ringing]) calls.unreached(waiting.leg, 'canceled')
  }

  /** Ends a leg, and with it the legs that it was connected to or had rung. */
  hangUp(telnyxLeg: TelnyxLeg, cause: string, source: 'caller' | 'callee' | 'unknown', by: EndedBy) {
    const { leg } = telnyxLeg
    if (leg.state === 'ended') return
    telnyxLeg.recording?.stop()
    this.#network.calls.end(leg, cause, by)
    this.emit(telnyxLeg, 'call.hangup', hangupPayload(telnyxLeg, source))
    for (const waiting of [...telnyxLeg.ringing]) this.#network.calls.unreached(waiting.leg, 'canceled')
    const peer = telnyxLeg.bridgedTo
    if (!peer) return
    telnyxLeg.bridgedTo = null
    peer.bridgedTo = null
    if (!peer.parkAfterUnbridge) this.hangUp(peer, 'normal_clearing', source, by)
  }

  emit(telnyxLeg: TelnyxLeg, type: string, payload: Record<string, unknown>) {
    const application = telnyxLeg.account.applications.get(telnyxLeg.connectionId)
    const url = (name: string) => (application?.[name] as string | undefined) || null
    const to = { url: url('webhook_event_url'), failoverUrl: url('webhook_event_failover_url') }
    const key = telnyxLeg.leg.call.carrierCallId
    void sendEvent(this.#network, telnyxLeg.account, { kind: 'voice', key, type, payload, to })
  }

  #answeredPayload(telnyxLeg: TelnyxLeg) {
    const start = telnyxLeg.leg.startedAt.toISOString()
    const rest = { custom_headers: [], sip_headers: [], start_time: start, state: 'answered', tags: [] }
    return { ...legPayload(telnyxLeg), ...rest }
  }

  #add(
    call: Call,
    account: TelnyxAccount,
    connectionId: string,
    role: Leg['role'],
    from: string,
    to: string,
    clientState: string | null,
  ): TelnyxLeg {
    const id = `v3:${randomBytes(39).toString('base64url')}`
    const leg = this.#network.calls.addLeg(call, { id, role, from, to })
    const telnyxLeg: TelnyxLeg = {
      leg,
      account,
      legId: randomUUID(),
      connectionId,
      clientState,
      commands: new Map(),
      bridgedTo: null,
      ringing: new Set(),
      parkAfterUnbridge: false,
      recording: null,
    }
    this.#legs.set(leg, telnyxLeg)
    return telnyxLeg
  }
}

function phoneOf({ leg }: TelnyxLeg): string {
  return leg.role === 'caller' ? leg.from : leg.to
}
