/**
 * Twilio repeats a webhook only after connection failures, unless the address says otherwise in its fragment, which
 * Twilio reads and never sends: up to 3 more tries, also after a 5xx answer, a connect or a read timeout.
 */
export const RETRIES = '#rc=3&rp=5xx,ct,rt'

/** The hooks that we give to Twilio, as they follow `/hooks/twilio/{accountId}/{connectionId}/`. */
export type HookName = 'voice' | 'dial' | 'target' | 'status' | 'sms'

/** The address of another hook of the connection that this hook came to. */
export function siblingHook(hookUrl: string, name: HookName): string {
  return new URL(name, hookUrl).href + RETRIES
}
