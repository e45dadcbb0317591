import type { z } from 'zod'
import type * as account from '../../src/http/shapes/account.ts'

export type Line = z.output<typeof account.number>
