import type { z } from 'zod'
import type * as messages from '../../src/http/shapes/messages.ts'

export type Conversation = z.output<typeof messages.conversation>
export type ConversationCounts = z.output<typeof messages.conversationCounts>
