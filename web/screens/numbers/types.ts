import type { z } from 'zod'
import type * as calls from '../../../src/http/shapes/calls.ts'
import type * as inbox from '../../../src/http/shapes/inbox.ts'

export type Forwarding = z.output<typeof inbox.forwarding>
export type Preview = z.output<typeof calls.preview>
