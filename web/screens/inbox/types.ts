import type { z } from 'zod'
import type * as inbox from '../../../src/http/shapes/inbox.ts'

export type TimelineItem = z.output<typeof inbox.timelineItem>
