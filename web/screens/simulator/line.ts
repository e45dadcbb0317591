import type { Call, Handset, Leg } from './network.ts'

export type OnLine = { call: Call; leg: Leg }

/** The call that the phone is in, or that rings it: the newest of several. */
export function onLine({ number, calls }: Pick<Handset, 'number' | 'calls'>): OnLine | null {
  for (const call of calls.toReversed()) {
    const leg = call.legs.find((leg) => leg.state !== 'ended' && isOf(leg, number))
    if (leg) return { call, leg }
  }
  return null
}

export const rings = (phone: Handset | undefined): boolean => {
  const line = phone && onLine(phone)
  return line?.leg.role === 'target' && line.leg.state === 'ringing'
}

const isOf = (leg: Leg, number: string) => (leg.role === 'caller' ? leg.from : leg.to) === number

export type Row =
  | { kind: 'text'; id: string; at: string; sent: boolean; other: string; body: string }
  | { kind: 'call'; id: string; at: string; other: string; what: string; missed: boolean }

/** Texts and calls of the phone in one line, oldest first. */
export function historyOf({ number, messages, calls }: Handset): Row[] {
  const texts = messages.map(({ id, at, direction, from, to, body }): Row => {
    const sent = direction === 'sent'
    return { kind: 'text', id: `${id} ${direction}`, at, sent, other: sent ? to : from, body }
  })
  const past = new Map<string, Row>()
  for (const call of calls)
    for (const leg of call.legs) {
      if (leg.state !== 'ended' || !isOf(leg, number)) continue
      const outgoing = leg.role === 'caller'
      past.set(leg.id, {
        kind: 'call',
        id: leg.id,
        at: leg.startedAt,
        other: outgoing ? leg.to : leg.from,
        ...(outgoing ? placed(call, leg) : received(leg)),
      })
    }
  return [...texts, ...past.values()].sort((a, b) => a.at.localeCompare(b.at))
}

/** Textback may open the call itself, to play a greeting: only a phone that was picked up counts as an answer. */
function placed(call: Call, leg: Leg) {
  const isAnswered = call.legs.some(({ role, answeredAt }) => role === 'target' && answeredAt !== null)
  if (isAnswered) return { what: 'You called and talked', missed: false }
  return { what: leg.answeredAt ? 'You called and heard the greeting' : 'You called, nobody answered', missed: true }
}

const received = ({ answeredAt }: Leg) =>
  answeredAt ? { what: 'Call', missed: false } : { what: 'Missed call', missed: true }
