import type { z } from 'zod'
import type * as messages from '../../src/http/shapes/messages.ts'

export type Message = z.output<typeof messages.message>
