import { useQuery } from '@tanstack/react-query'
import { useMe } from '../../me.ts'
import { useNow } from '../../now.ts'
import { formatPhone } from '../../phones.ts'
import { clockTime, dayName } from '../../times.ts'
import { contactQuery } from '../contacts/contact.ts'
import { Clock } from './clock.tsx'
import { eventSentence } from './event-words.ts'
import { peopleQuery } from './people.ts'
import type { TimelineItem } from './types.ts'

type Props = { at: string; event: NonNullable<TimelineItem['event']>; contactId: string }

/** An event, in one quiet row. */
export function EventRow({ at, event, contactId }: Props) {
  const { account } = useMe()
  const now = useNow()
  const people = useQuery(peopleQuery).data ?? []
  const addresses = useQuery(contactQuery(contactId)).data?.addresses ?? []
  const sentence = eventSentence(event, {
    personName: (id) => people.find((person) => person.id === id)?.name ?? 'somebody',
    time: (value) => `${dayName(value, now, account.timezone)} at ${clockTime(value, account.timezone)}`,
    phone: (value) => formatPhone(value, account.country),
    hasSeveralPhones: addresses.length > 1,
  })
  return (
    <p className="px-2 text-center text-muted text-xs">
      {sentence} · <Clock value={at} />
    </p>
  )
}
