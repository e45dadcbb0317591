import type { z } from 'zod'
import type * as contacts from '../../../src/http/shapes/contacts.ts'

export type ContactChange = z.input<typeof contacts.contactChange>
