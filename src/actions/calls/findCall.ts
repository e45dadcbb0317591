import type { Connection } from '../../domain/connection.ts'
import type { FoundCall } from '../../voice/port.ts'
import type { World } from '../world.ts'

/** The call as its carrier knows it now. `unreadable` also when the carrier cannot be asked. */
export async function findCall(
  world: World,
  connection: Connection,
  call: { callId: string; legId: string | null },
): Promise<FoundCall> {
  const voice = world.vendors.get(connection.kind)?.voice
  return voice?.findCall ? voice.findCall(connection, call) : CANNOT_BE_ASKED
}

const CANNOT_BE_ASKED: FoundCall = {
  outcome: 'unreadable',
  why: 'A phone system that only posts calls cannot be asked.',
}
