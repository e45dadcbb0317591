import type { z } from 'zod'
import type * as account from '../../../src/http/shapes/account.ts'
import type * as inbox from '../../../src/http/shapes/inbox.ts'
import type * as webhooks from '../../../src/http/shapes/webhooks.ts'

export type ApiKey = z.output<typeof account.apiKey>
export type Audited = z.output<typeof inbox.audited>
export type Delivery = z.output<typeof webhooks.delivery>
export type DeliveryInFull = z.output<typeof webhooks.deliveryInFull>
export type ListedPhone = z.output<typeof account.listedPhone>
export type OptOut = z.output<typeof account.optOut>
export type MadeApiKey = z.output<typeof account.madeApiKey>
export type MadeWebhook = z.output<typeof webhooks.madeWebhook>
export type Webhook = z.output<typeof webhooks.webhook>
