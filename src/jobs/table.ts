import { concludeCall } from '../actions/calls.ts'
import { checkCarrier } from '../actions/carriers.ts'
import { catchUp } from '../actions/catchUp.ts'
import { wakeConversation } from '../actions/conversations.ts'
import { deliverMessage } from '../actions/deliver.ts'
import { configureNumber } from '../actions/numbers.ts'
import { reconcileMessage } from '../actions/reconcile.ts'
import type { World } from '../actions/world.ts'
import type { Jobs } from '../store/jobs.ts'

/** Every job, and the action that it is. */
export const table: { [N in keyof Jobs]: (world: World, payload: Jobs[N]) => Promise<void> } = {
  'deliver-message': deliverMessage,
  'reconcile-message': reconcileMessage,
  'conclude-call': concludeCall,
  'check-carrier': checkCarrier,
  'configure-number': configureNumber,
  'catch-up': catchUp,
  'wake-conversation': wakeConversation,
}
