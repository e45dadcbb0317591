import type { TimelineItem } from './types.ts'

type Event = NonNullable<TimelineItem['event']>

type Names = {
  personName(id: string): string
  time(value: string): string
  phone(value: string): string
  /** Whether the sentence must name the phone. */
  hasSeveralPhones: boolean
}

/** The bubble itself shows an unknown outcome. */
const SAID_ELSEWHERE = ['message.unknown']

export const isWorthARow = ({ event }: TimelineItem): boolean => !event || !SAID_ELSEWHERE.includes(event.type)

const OPT_OUT_SOURCES: Record<string, string> = {
  keyword: 'by texting STOP',
  phrase: 'in their own words',
  carrier: 'as the carrier says',
}

/** An event in a sentence without its full stop: 'Mike closed the conversation'. */
export function eventSentence(
  { type, actor, data }: Event,
  { personName, time, phone, hasSeveralPhones }: Names,
): string {
  const who = actor === 'textback' ? 'Textback' : actor.startsWith('key:') ? 'An API key' : actor
  const text = (name: string) => (typeof data[name] === 'string' ? data[name] : '')
  const at = hasSeveralPhones && text('phone') ? ` at ${phone(text('phone'))}` : ''
  const because = text('reason') && `: ${text('reason')}`
  switch (type) {
    case 'lead.created':
      if (text('after') === 'closed_lead')
        return `New lead: they wrote again after the last one was ${text('status') || 'closed'}`
      return actor === 'textback' ? 'A lead was opened' : `${who} opened a lead`
    case 'lead.moved':
      return `${who} moved the lead to ${text('stage')}`
    case 'lead.won':
      return `${who} won the lead${because}`
    case 'lead.lost':
      return `${who} closed the lead as lost${because}`
    case 'lead.reopened':
      return `${who} reopened the lead`
    case 'contact.merged':
      return `${who} merged another contact into this one${text('mergedPhone') && `: ${phone(text('mergedPhone'))}`}`
    case 'opt_out.added':
      return text('source') === 'manual'
        ? `${who} opted them out of texts${at}`
        : `They opted out of texts${at} ${OPT_OUT_SOURCES[text('source')] ?? ''}`.trim()
    case 'opt_out.suspected':
      return 'They may want no more texts: read what they wrote, and decide'
    case 'opt_out.removed':
      return text('source') === 'manual'
        ? `${who} lifted the opt-out${at}`
        : `They asked for texts again${at} by texting START`
    case 'note.deleted':
      return `${who} deleted a note`
    case 'conversation.assigned':
      if (!text('to')) return `${who} assigned this to nobody`
      return personName(text('to')) === who
        ? `${who} took this over`
        : `${who} assigned this to ${personName(text('to'))}`
    case 'conversation.snoozed':
      return `${who} snoozed this until ${time(text('until'))}`
    case 'conversation.woken':
      return 'The snooze is over'
    case 'conversation.closed':
      return `${who} closed the conversation`
    case 'conversation.opened':
      return `${who} reopened the conversation`
    default:
      return `${who}: ${type.replace(/[._]/g, ' ')}`
  }
}
