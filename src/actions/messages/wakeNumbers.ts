import { asPlatform } from '../../store/db.ts'
import { wakeEveryNext } from '../../store/messages/slots.ts'
import type { World } from '../world.ts'

/**
 * Brings on the texts that wait for a slot which they need not wait for. That happens when the clock has jumped back
 * while nothing leaves: their jobs are due as late as their slots.
 */
export function wakeNumbers(world: World): Promise<void> {
  return asPlatform(world.db, (tx) => wakeEveryNext(tx, world.now()))
}
