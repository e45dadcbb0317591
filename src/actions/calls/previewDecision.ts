import { measureText } from '../domain/message.ts'
import { isWithheld, readPhone } from '../domain/phone.ts'
import { after, SECOND } from '../domain/time.ts'
import { findLine, loadCallerFacts } from '../store/calls.ts'
import { asAccount } from '../store/db.ts'
import { decideFor, textBackBody } from './calls.ts'
import type { World } from './world.ts'

export type MadeUpCall = {
  number: string
  from: string
  answered: boolean
  ringSeconds: number
  stirVerstat: string | null
  endedAt: Date
}

/** The decision about a call that did not happen, with today's facts; null when the account has no such number. */
export async function previewDecision(world: World, accountId: string, call: MadeUpCall) {
  const now = world.now()
  const found = await asAccount(world.db, accountId, async (tx) => {
    const line = await findLine(tx, accountId, call.number)
    if (!line) return null
    const from = isWithheld(call.from) ? 'anonymous' : (readPhone(call.from, line.countries[0]) ?? call.from)
    return { line, from, facts: await loadCallerFacts(tx, accountId, from, line.timezone, now) }
  })
  if (!found) return null
  const { line, from, facts } = found
  const decision = decideFor(
    {
      fromPhone: from,
      mode: line.mode,
      stirVerstat: call.stirVerstat,
      startedAt: after(call.endedAt, -call.ringSeconds * SECOND),
      rangUntil: call.endedAt,
      endedAt: call.endedAt,
    },
    line,
    facts,
    call.answered,
    now,
  )
  const body = decision.action === 'send' ? textBackBody(line, facts, now) : null
  return { ...decision, body, segments: body === null ? null : measureText(body).segments }
}
