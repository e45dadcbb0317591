import { NOT_A_TIMEZONE } from '../../domain/account.ts'
import type { Actor } from '../../domain/events.ts'
import type { FieldError } from '../../domain/fields.ts'
import { asAccount } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { unknownTimezones } from '../../store/timezones.ts'
import type { World } from '../world.ts'

export type SettingsChange = {
  name?: string
  timezone?: string
  country?: string
  alsoTextsCountries?: string[]
  dailyCap?: number
  lateAfterMinutes?: number
  newLeadAfterDays?: number | null
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
    await tx.updateTable('accounts').set(change).where('id', '=', accountId).execute()
    await recordEvent(tx, accountId, { type: 'settings.changed', actor, data: change }, world.now())
    return []
  })
}
