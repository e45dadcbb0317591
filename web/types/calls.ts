import type { z } from 'zod'
import type * as calls from '../../src/http/shapes/calls.ts'

export type Call = z.output<typeof calls.call>
export type Decision = z.output<typeof calls.decision>
export type CallInFull = z.output<typeof calls.callInFull>
