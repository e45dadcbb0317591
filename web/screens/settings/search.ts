/** What the address may say after `?`; unknown words are dropped. */
export function validateSearch(_search: Record<string, unknown>) {
  return {}
}

export type WebhookSearch = {
  state?: 'pending' | 'delivered' | 'failed'
  /** The delivery that is open at the side. */
  delivery?: string
}

/** What the address of a webhook may say after `?`. */
export function validateWebhookSearch({ state, delivery }: Record<string, unknown>): WebhookSearch {
  return {
    ...((state === 'pending' || state === 'delivered' || state === 'failed') && { state }),
    ...(typeof delivery === 'string' && /^[0-9a-f-]{36}$/.test(delivery) && { delivery }),
  }
}
