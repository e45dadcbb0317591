import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { MessageSquareText, PhoneCall, UserRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { useMe } from '../../me.ts'
import { Avatar } from '../../parts/avatar.tsx'
import { Button } from '../../parts/button.tsx'
import { Checks } from '../../parts/checks.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { Phone } from '../../parts/phone.tsx'
import { Sheet } from '../../parts/sheet.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { duration, exactTime } from '../../times.ts'
import type { Call, CallInFull } from '../../types/calls.ts'
import type { Message } from '../../types/messages.ts'
import { didNotArrive, legEnding, messageStatus, outcomeWord, skipReason, whyMissed } from '../../words.ts'
import { carrierLabel, carriersQuery } from '../numbers/data.ts'
import { callQuery, messageQuery } from './calls.ts'
import { Seconds } from './rows.tsx'

type Props = {
  id: string | undefined
  /** The call from the list, to show at once. */
  known: Call | undefined
  label: (number: string) => ReactNode
  onClose(): void
}

/** One call in full: what happened, why it was texted back or not, and the text. */
export function CallSheet({ id, known, label, onClose }: Props) {
  const query = useQuery({
    ...callQuery(id ?? ''),
    enabled: id !== undefined,
    placeholderData: known ? { ...known, legs: [] } : keepPreviousData,
  })
  const call = query.data
  return (
    <Sheet open={id !== undefined} onClose={onClose} title={call ? `${outcomeWord(call)} call` : 'Call'}>
      {call ? (
        <Content call={call} label={label} />
      ) : query.error ? (
        <ErrorState
          error={query.error}
          onRetry={query.refetch}
          sought={{ what: 'call', list: 'Calls', to: '/calls' }}
        />
      ) : (
        <SkeletonRows rows={3} />
      )}
    </Sheet>
  )
}

function Content({ call, label }: { call: CallInFull; label: Props['label'] }) {
  const message = useQuery({ ...messageQuery(call.messageId ?? ''), enabled: call.messageId !== null }).data
  const carrier = useQuery(carriersQuery).data?.find(({ id }) => id === call.carrier)
  const { decision, contactId } = call
  return (
    <div className="grid gap-6 pt-2">
      <Person call={call} conversationId={message?.conversationId ?? null} />
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm">
        <Fact name="When">
          <Exact value={call.startedAt} />
        </Fact>
        <Fact name="Line">{label(call.number)}</Fact>
        {whyMissed(call) && <Fact name="How it ended">{whyMissed(call)}</Fact>}
        <Fact name="Rang">
          <Seconds value={call.ringSeconds} />
        </Fact>
        {call.durationSeconds !== null && (
          <Fact name="Talked">
            <Seconds value={call.durationSeconds} />
          </Fact>
        )}
        <Fact name="Carrier">{carrier ? carrierLabel(carrier) : call.carrier}</Fact>
        {call.recovered && <Fact name="Learned of">from the carrier’s own list; its webhooks did not come</Fact>}
      </dl>
      {call.legs.length > 0 && (
        <ul aria-label="Phones that it rang" className="-mt-3 grid gap-1 text-sm">
          {call.legs.map((leg) => (
            <LegLine key={leg.to} leg={leg} />
          ))}
        </ul>
      )}
      {message && <Text message={message} />}
      <section aria-labelledby="why" className="grid gap-3">
        <h3 id="why" className="font-semibold">
          {headline(call)}
        </h3>
        {decision ? (
          <Checks checks={decision.checks} />
        ) : (
          <p className="text-muted text-sm">It is decided as soon as the call is over.</p>
        )}
      </section>
      {!contactId && <p className="text-muted text-sm">A hidden number is nobody that one could answer.</p>}
    </div>
  )
}

/** 'Rang (202) 555-0111 for 12 s: no answer' */
function LegLine({ leg }: { leg: CallInFull['legs'][number] }) {
  const end = leg.answeredAt ?? leg.endedAt
  return (
    <li className="flex items-baseline gap-2">
      <PhoneCall aria-hidden className="size-3.5 shrink-0 self-center text-muted" />
      <span>
        Rang <Phone value={leg.to} />
        {end && ` for ${duration((Date.parse(end) - Date.parse(leg.rangAt)) / 1000)}`}: {legEnding(leg)}
      </span>
    </li>
  )
}

function headline({ decision }: Call): string {
  if (!decision) return 'Not decided yet'
  if (decision.action === 'send') return 'Why it was texted back'
  return decision.reason === 'answered' ? 'No text was needed' : `Not texted: ${skipReason(decision.reason)}`
}

function Person({ call, conversationId }: { call: Call; conversationId: string | null }) {
  const { contactId, contactName, from } = call
  return (
    <div className="grid gap-3">
      <div className="flex items-center gap-3">
        <Avatar name={contactName} />
        <div className="min-w-0">
          <p className="truncate font-semibold">{contactName ?? <Phone value={from} />}</p>
          {contactName && (
            <p className="text-muted text-sm">
              <Phone value={from} />
            </p>
          )}
        </div>
      </div>
      {contactId && (
        <div className="flex flex-wrap gap-2">
          {conversationId && (
            <Button asChild kind="primary">
              <Link to="/inbox/$conversationId" params={{ conversationId }}>
                <MessageSquareText aria-hidden />
                Conversation
              </Link>
            </Button>
          )}
          <Button asChild>
            <a href={`tel:${from}`}>
              <PhoneCall aria-hidden />
              Call back
            </a>
          </Button>
          <Button asChild>
            <Link to="/contacts/$contactId" params={{ contactId }}>
              <UserRound aria-hidden />
              Person
            </Link>
          </Button>
          <Button asChild kind="quiet">
            <Link to="/calls" search={{ contact: contactId }}>
              All their calls
            </Link>
          </Button>
        </div>
      )}
    </div>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

/** The exact time, which belongs in the details. */
function Exact({ value }: { value: string }) {
  const { timezone } = useMe().account
  return <time dateTime={value}>{exactTime(value, timezone)}</time>
}

function Text({ message: { body, status, trouble, acceptedAt, createdAt } }: { message: Message }) {
  return (
    <section aria-labelledby="text" className="grid gap-2">
      <h3 id="text" className="font-semibold">
        The text
      </h3>
      <p className="whitespace-pre-wrap rounded-2xl rounded-br-md bg-accent-soft px-4 py-3 text-sm">{body}</p>
      <p className={didNotArrive(status) ? 'text-danger text-sm' : 'text-muted text-sm'}>
        {messageStatus(status)} · <Exact value={acceptedAt ?? createdAt} />
      </p>
      {trouble && (
        <p className="text-sm">
          {trouble.sentence} {trouble.nextStep}
        </p>
      )}
    </section>
  )
}
