import { templateAdvice } from './message.ts'
import type { NumberSettings } from './number.ts'
import { costOfRinging, unringableMessage, whyUnringable } from './phone.ts'

/** How long we ring the target. Under 15 s few people reach the phone; over 20 s a carrier's voicemail may "answer". */
export const RING_SECONDS = { min: 10, max: 60, default: 20, adviseMin: 15, adviseMax: 20 }

/** What is allowed but unwise: one sentence each, with its field. `countries`: the account's, when they are known. */
export function numberAdvice(
  settings: NumberSettings,
  countries: readonly string[] | null,
): { field: string; message: string }[] {
  const advice: { field: string; message: string }[] = []
  const { ringSeconds, mode } = settings
  for (const [i, target] of mode === 'forward' ? settings.forwardTo.entries() : []) {
    const why = whyUnringable(target, countries)
    // It was allowed when it was written.
    if (why)
      advice.push({
        field: `forwardTo[${i}]`,
        message: `This phone is not rung: it ${unringableMessage(why, target, countries ?? [])}.`,
      })
  }
  if (mode === 'forward' && ringSeconds > RING_SECONDS.adviseMax)
    advice.push({
      field: 'ringSeconds',
      message: `${ringSeconds} s is long: after about ${RING_SECONDS.adviseMax} s the target's own voicemail may answer, and the call looks answered. ${RING_SECONDS.adviseMin} to ${RING_SECONDS.adviseMax} s works best.`,
    })
  if (mode === 'forward' && ringSeconds < RING_SECONDS.adviseMin)
    advice.push({
      field: 'ringSeconds',
      message: `${ringSeconds} s is short: few people reach their phone in that time. ${RING_SECONDS.adviseMin} to ${RING_SECONDS.adviseMax} s works best.`,
    })
  for (const [i, target] of mode === 'forward' ? settings.forwardTo.entries() : []) {
    if (whyUnringable(target, countries)) continue
    const cost = costOfRinging(target, settings.number)
    if (cost === 'foreign')
      advice.push({ field: `forwardTo[${i}]`, message: 'This phone is in another country: ringing it may cost more.' })
    if (cost === 'toll_free')
      advice.push({
        field: `forwardTo[${i}]`,
        message: 'This is a toll-free number: not every carrier rings one, and its owner pays for the calls.',
      })
  }
  for (const message of templateAdvice(settings.textBack.message)) advice.push({ field: 'textBack.message', message })
  for (const field of ['repeatMessage', 'afterHoursMessage'] as const) {
    const template = settings.textBack[field]
    if (template) advice.push(...templateAdvice(template).map((message) => ({ field: `textBack.${field}`, message })))
  }
  if (settings.textBack.afterHoursMessage && !settings.hours)
    advice.push({ field: 'hours', message: 'Without hours it is never after hours, and that message is never sent.' })
  return advice
}
