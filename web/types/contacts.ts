import type { z } from 'zod'
import type * as contacts from '../../src/http/shapes/contacts.ts'

export type Contact = z.output<typeof contacts.contact>
export type Address = Contact['addresses'][number]
