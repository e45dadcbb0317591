import type { z } from 'zod'
import type * as closing from '../../src/http/shapes/closing.ts'

export type Closing = z.output<typeof closing.closing>
