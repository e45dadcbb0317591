import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Info } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { closingQuery } from '../../closing.ts'
import { useMe } from '../../me.ts'
import { Phone } from '../../parts/phone.tsx'
import { Select } from '../../parts/select.tsx'
import { formatPhone } from '../../phones.ts'
import type { Address } from '../../types/contacts.ts'
import type { Conversation } from '../../types/conversations.ts'
import { contactQuery } from '../contacts/contact.ts'
import { numbersQuery } from '../numbers/data.ts'

/** The phone that a reply goes to, and whether it can be sent at all. */
export function useReplyWay({ contactId, repliesTo, repliesFrom, optedOut }: Conversation) {
  const addresses = useQuery(contactQuery(contactId)).data?.addresses ?? []
  const [chosen, choose] = useState<string | null>(null)
  const to = addresses.find(({ address }) => address === chosen)?.address ?? repliesTo
  const isSilent = addresses.find(({ address }) => address === to)?.optedOut ?? optedOut
  const isClosing = Boolean(useQuery(closingQuery).data?.closingAt)
  return { addresses, to, choose, isClosing, isOpen: repliesFrom !== null && !isSilent && !isClosing }
}

type Props = { conversation: Conversation; way: ReturnType<typeof useReplyWay> }

/** Shows where a reply goes before it is sent, where that is not obvious. */
export function ReplyWay({ conversation: { number, repliesFrom }, way }: Props) {
  const lines = useQuery(numbersQuery).data
  const label = lines?.find((line) => line.number === repliesFrom)?.label
  return (
    <>
      {way.isClosing && <Notice>The business is being closed: no text leaves any more.</Notice>}
      {repliesFrom === null ? (
        <Notice>
          <Phone value={number} /> was deleted, and there is no other number that a text could leave from.{' '}
          <Link to="/numbers" className="font-medium text-accent hover:underline">
            Add a number
          </Link>{' '}
          to answer them.
        </Notice>
      ) : (
        repliesFrom !== number && (
          <Notice>
            They know you by <Phone value={number} />, which was deleted: your text leaves from{' '}
            <Phone value={repliesFrom} />
            {label && ` (${label})`}.
          </Notice>
        )
      )}
      {way.addresses.length > 1 && <ToWhichPhone {...way} />}
    </>
  )
}

function Notice({ children }: { children: ReactNode }) {
  return (
    <p role="note" className="flex items-start gap-2 rounded-lg bg-warning-soft px-3 py-2 text-sm">
      <Info aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" />
      <span>{children}</span>
    </p>
  )
}

function ToWhichPhone({ addresses, to, choose }: Props['way']) {
  const id = useId()
  const { country } = useMe().account
  const words = ({ address, label, optedOut, lineType }: Address) =>
    [formatPhone(address, country), label, optedOut ? 'opted out' : lineType === 'landline' ? 'landline' : ''].filter(
      Boolean,
    )
  return (
    <div className="flex items-center gap-2 text-sm">
      <label htmlFor={id} className="shrink-0 text-muted">
        Text to
      </label>
      <div className="min-w-0 max-w-80 flex-1">
        <Select id={id} value={to ?? ''} onChange={(event) => choose(event.target.value)}>
          {addresses.map((one) => (
            <option key={one.address} value={one.address} disabled={one.optedOut && one.address !== to}>
              {words(one).join(' · ')}
            </option>
          ))}
        </Select>
      </div>
    </div>
  )
}
