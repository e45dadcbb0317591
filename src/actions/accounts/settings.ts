import { NOT_A_TIMEZONE } from '../../domain/account.ts'
import type { Actor } from '../../domain/events.ts'
import type { FieldError } from '../../domain/fields.ts'
import { whyUnringable } from '../../domain/phone.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { countriesOf, listNumbers } from '../../store/numbers/numbers.ts'
import { hasSecondFactor } from '../../store/people/secondFactor.ts'
import { unknownTimezones } from '../../store/timezones.ts'
import type { World } from '../world.ts'

export type SettingsChange = {
  name?: string
  timezone?: string
  country?: string
  alsoTextsCountries?: string[]
  dailyCap?: number
  recipientHourlyCap?: number
  recipientDailyCap?: number
  lateAfterMinutes?: number
  newLeadAfterDays?: number | null
  requireSecondFactor?: boolean
}

/** Changes the given settings. Returns the faults instead, and then writes nothing. */
export async function changeSettings(
  world: World,
  accountId: string,
  change: SettingsChange,
  actor: Actor,
): Promise<FieldError[]> {
  if (Object.keys(change).length === 0) return []
  return asAccount(world.db, accountId, async (tx) => {
    const { timezone } = change
    if (timezone && (await unknownTimezones(tx, [timezone])).length > 0)
      return [{ field: 'timezone', message: NOT_A_TIMEZONE }]
    const left = await leftBehind(tx, accountId, change)
    if (left.length > 0) return left
    if (change.requireSecondFactor && !(await hasSecondFactor(tx, actor)))
      return [{ field: 'requireSecondFactor', message: 'can be required only by an owner who has set up one' }]
    const { requireSecondFactor, ...others } = change
    const columns = {
      ...others,
      ...(requireSecondFactor !== undefined && { requiresSecondFactor: requireSecondFactor }),
    }
    await tx.updateTable('accounts').set(columns).where('id', '=', accountId).execute()
    await recordEvent(tx, accountId, { type: 'settings.changed', actor, data: change }, world.now())
    return []
  })
}

/** A country that a number forwards into cannot be taken back: its calls would reach nobody. */
async function leftBehind(tx: Tx, accountId: string, change: SettingsChange): Promise<FieldError[]> {
  const { country, alsoTextsCountries } = change
  if (!country && !alsoTextsCountries) return []
  const [home, ...others] = await countriesOf(tx, accountId)
  const after = [country ?? home!, ...(alsoTextsCountries ?? others)]
  const isLost = (target: string) =>
    whyUnringable(target, [home!, ...others]) === null && whyUnringable(target, after) === 'foreign'
  return (await listNumbers(tx, accountId)).flatMap(({ number, forwardTo }) =>
    forwardTo.filter(isLost).map((target) => ({
      field: alsoTextsCountries ? 'alsoTextsCountries' : 'country',
      message: `must keep the country of ${target}: your number ${number} forwards to ${target}; change that first`,
    })),
  )
}
