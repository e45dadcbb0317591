import type { z } from 'zod'
import type * as account from '../../src/http/shapes/account.ts'

export type Settings = z.output<typeof account.settings>
