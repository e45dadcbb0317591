import type { z } from 'zod'
import type * as inbox from '../../src/http/shapes/inbox.ts'

export type Found = z.output<typeof inbox.found>
