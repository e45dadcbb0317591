import { measureText } from '../../domain/message.ts'
import { after, SECOND } from '../../domain/time.ts'
import { loadCallerFacts } from '../../store/calls/callerFacts.ts'
import { asAccount } from '../../store/db.ts'
import { findOurNumber } from '../../store/numbers/numbers.ts'
import type { World } from '../world.ts'
import { callerOf } from './recordCall.ts'
import { decideFor, textBackBody } from './settleCall.ts'

export type MadeUpCall = {
  number: string
  from: string
  answered: boolean
  ringSeconds: number
  stirVerstat: string | null
  endedAt: Date
}

/** The decision about an imagined call, with today's facts; null when the account has no such number. */
export async function previewDecision(world: World, accountId: string, call: MadeUpCall) {
  const now = world.now()
  const found = await asAccount(world.db, accountId, async (tx) => {
    const our = await findOurNumber(tx, accountId, call.number)
    if (!our) return null
    const from = callerOf(call.from, our.countries[0])
    return { our, from, facts: await loadCallerFacts(tx, accountId, { phone: from, timezone: our.timezone, now }) }
  })
  if (!found) return null
  const { our, from, facts } = found
  const decision = decideFor(
    {
      fromPhone: from,
      mode: our.mode,
      stirVerstat: call.stirVerstat,
      startedAt: after(call.endedAt, -call.ringSeconds * SECOND),
      rangUntil: call.endedAt,
      endedAt: call.endedAt,
    },
    our,
    facts,
    call.answered,
    now,
  )
  const body = decision.action === 'send' ? textBackBody(our, facts, now) : null
  return { ...decision, body, segments: body === null ? null : measureText(body).segments }
}
