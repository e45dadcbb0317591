import type { z } from 'zod'
import type * as contacts from '../../src/http/shapes/contacts.ts'
import type * as inbox from '../../src/http/shapes/inbox.ts'

export type Board = z.output<typeof inbox.board>
export type Lead = z.output<typeof contacts.lead>
