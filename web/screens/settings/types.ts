import type { z } from 'zod'
import type * as account from '../../../src/http/shapes/account.ts'
import type * as inbox from '../../../src/http/shapes/inbox.ts'

export type ApiKey = z.output<typeof account.apiKey>
export type Audited = z.output<typeof inbox.audited>
export type ListedPhone = z.output<typeof account.listedPhone>
export type OptOut = z.output<typeof account.optOut>
