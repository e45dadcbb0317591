import type { z } from 'zod'
import type * as contacts from '../../../src/http/shapes/contacts.ts'

export type LeadTotals = z.output<typeof contacts.leadTotals>
