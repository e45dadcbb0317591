import type { z } from 'zod'
import type * as account from '../../src/http/shapes/account.ts'

/** `kind`: the vendors that the screens have texts for. */
export type Carrier = z.output<typeof account.carrier> & { kind: 'twilio' | 'telnyx' | 'generic' }
