import { closeAccount } from '../actions/accounts/closeAccount.ts'
import { catchUp } from '../actions/calls/catchUp.ts'
import { concludeCall } from '../actions/calls/concludeCall.ts'
import { checkConnection } from '../actions/connections/connections.ts'
import { wakeConversation } from '../actions/conversations/conversations.ts'
import { deliverMessage } from '../actions/messages/deliverMessage.ts'
import { reconcileMessage } from '../actions/messages/reconcileMessage.ts'
import { configureNumber } from '../actions/numbers/configureNumber.ts'
import { forgetAttempts } from '../actions/people/forgetAttempts.ts'
import { deliverWebhook } from '../actions/webhooks/deliverWebhook.ts'
import { tellOfDisabledWebhook } from '../actions/webhooks/disableWebhook.ts'
import { dispatchEvent } from '../actions/webhooks/dispatchEvent.ts'
import { forgetDeliveries } from '../actions/webhooks/forgetDeliveries.ts'
import type { World } from '../actions/world.ts'
import type { Jobs } from '../store/jobs.ts'

/** Every job with its action. */
export const table: { [N in keyof Jobs]: (world: World, payload: Jobs[N]) => Promise<void> } = {
  'deliver-message': deliverMessage,
  'reconcile-message': reconcileMessage,
  'conclude-call': concludeCall,
  'check-connection': checkConnection,
  'configure-number': configureNumber,
  'catch-up': catchUp,
  'wake-conversation': wakeConversation,
  'close-account': closeAccount,
  'dispatch-event': dispatchEvent,
  'deliver-webhook': deliverWebhook,
  'tell-of-disabled-webhook': tellOfDisabledWebhook,
  'forget-deliveries': forgetDeliveries,
  'forget-attempts': forgetAttempts,
}
