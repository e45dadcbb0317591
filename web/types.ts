/**
 * The client's types are the server's shapes. Only types are imported: zod itself never reaches the browser.
 * Add a line here when a screen needs another shape.
 */
import type { z } from 'zod'
import type * as account from '../src/http/shapes/account.ts'
import type * as calls from '../src/http/shapes/calls.ts'
import type * as contacts from '../src/http/shapes/contacts.ts'
import type * as inbox from '../src/http/shapes/inbox.ts'
import type * as messages from '../src/http/shapes/messages.ts'

export type Me = z.output<typeof inbox.me>
export type Person = z.output<typeof inbox.person>
export type Today = z.output<typeof inbox.today>
export type TimelineItem = z.output<typeof inbox.timelineItem>
export type Note = z.output<typeof inbox.note>
export type CannedReply = z.output<typeof inbox.cannedReply>
export type Found = z.output<typeof inbox.found>
export type Board = z.output<typeof inbox.board>
export type Forwarding = z.output<typeof inbox.forwarding>
export type Audited = z.output<typeof inbox.audited>
export type Call = z.output<typeof calls.call>
export type CallInFull = z.output<typeof calls.callInFull>
export type Decision = z.output<typeof calls.decision>
export type Preview = z.output<typeof calls.preview>
export type Contact = z.output<typeof contacts.contact>
export type Address = Contact['addresses'][number]
export type ContactChange = z.input<typeof contacts.contactChange>
export type Lead = z.output<typeof contacts.lead>
export type LeadTotals = z.output<typeof contacts.leadTotals>
export type Pipeline = z.output<typeof contacts.pipeline>
export type Conversation = z.output<typeof messages.conversation>
export type ConversationCounts = z.output<typeof messages.conversationCounts>
export type Message = z.output<typeof messages.message>
export type Settings = z.output<typeof account.settings>
export type Carrier = z.output<typeof account.carrier>
export type Line = z.output<typeof account.number>
export type ApiKey = z.output<typeof account.apiKey>
export type OptOut = z.output<typeof account.optOut>
export type ListedPhone = z.output<typeof account.listedPhone>
