/**
 * By default Twilio repeats a webhook only after connection failures. This fragment, which Twilio reads and never
 * sends, asks for up to 3 more tries, also after a 5xx answer, a connect or a read timeout.
 */
export const RETRIES = '#rc=3&rp=5xx,ct,rt'

/** The webhooks that we give to Twilio: what follows `/hooks/twilio/{accountId}/{connectionId}/`. */
export type HookName = 'voice' | 'dial' | 'target' | 'status' | 'sms'

/** The address of another webhook of the same connection. */
export function siblingHook(hookUrl: string, name: HookName): string {
  return new URL(name, hookUrl).href + RETRIES
}
