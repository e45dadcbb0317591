import type { z } from 'zod'
import type * as inbox from '../../src/http/shapes/inbox.ts'

export type Person = z.output<typeof inbox.person>
