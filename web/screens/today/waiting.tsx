import { Link, useNavigate } from '@tanstack/react-router'
import { Check, CircleAlert, MessageSquareReply, PhoneCall } from 'lucide-react'
import { useRef } from 'react'
import { useKeys } from '../../keys.ts'
import { useMe } from '../../me.ts'
import { useNow } from '../../now.ts'
import { Avatar } from '../../parts/avatar.tsx'
import { Button } from '../../parts/button.tsx'
import { IconButton } from '../../parts/icon-button.tsx'
import { Phone } from '../../parts/phone.tsx'
import { formatPhone } from '../../phones.ts'
import { elapsed, exactTime } from '../../times.ts'
import { didNotArrive, skipReason } from '../../words.ts'
import type { Today } from './types.ts'

type Waiting = Today['waiting'][number]

type Props = { waiting: Waiting[]; onDone(one: Waiting, who: string): void }

/**
 * People who wait: missed callers, then those who only wrote, each longest first, in the server's order. `j` and `k`
 * move through them, `r` replies, `e` finishes with one.
 */
export function WaitingList({ waiting, onDone }: Props) {
  const navigate = useNavigate()
  const list = useRef<HTMLDivElement>(null)
  const { country } = useMe().account
  const whoIs = ({ name, phone }: Waiting) => name ?? formatPhone(phone ?? '', country)

  const links = () => [...(list.current?.querySelectorAll<HTMLElement>('a[data-person]') ?? [])]
  /** The position of the row with the focus; -1 when none has it. */
  const position = () => links().findIndex((link) => link.closest('li')?.contains(document.activeElement))
  const go = (step: number) => {
    const all = links()
    const from = position()
    all[from < 0 ? 0 : Math.min(Math.max(from + step, 0), all.length - 1)]?.focus()
  }
  // Without the focus on a row a key does nothing: it would act on the first person by accident.
  const current = () => waiting.find(({ conversationId }) => conversationId === links()[position()]?.dataset.person)
  const finish = (one: Waiting) => {
    // The focus moves before the row disappears, so that the next key acts on the marked person.
    const all = links()
    const at = all.findIndex((link) => link.dataset.person === one.conversationId)
    const next = all[at + 1] ?? all[at - 1]
    next?.focus()
    onDone(one, whoIs(one))
  }
  useKeys('Today', {
    j: ['Next person', () => go(1)],
    k: ['Person before', () => go(-1)],
    r: [
      'Reply',
      () => {
        const one = current()
        if (one)
          navigate({
            to: '/inbox/$conversationId',
            params: { conversationId: one.conversationId },
            search: { reply: true },
          })
      },
    ],
    e: [
      'Done',
      () => {
        const one = current()
        if (one) finish(one)
      },
    ],
  })

  return (
    <div ref={list} className="grid gap-5">
      {groups.map(({ title, has }) => {
        const those = waiting.filter(has)
        if (those.length === 0) return null
        return (
          <div key={title}>
            <h3 className="mb-2 font-medium text-muted text-sm">{title}</h3>
            <ul className="divide-y divide-border rounded-xl border border-border bg-surface">
              {those.map((one) => (
                <Row
                  key={one.conversationId}
                  one={one}
                  isFirst={one === waiting[0]}
                  who={whoIs(one)}
                  onDone={() => finish(one)}
                />
              ))}
            </ul>
          </div>
        )
      })}
    </div>
  )
}

/** Every missed call was texted back, or has a reason why not. */
const called = ({ texted, reason }: Waiting) => texted || reason !== null

/** Missed calls first, however short the wait: an unanswered caller calls the next business. */
const groups = [
  { title: 'Missed calls', has: called },
  { title: 'Texts', has: (one: Waiting) => !called(one) },
]

function Row({ one, who, isFirst, onDone }: { one: Waiting; who: string; isFirst: boolean; onDone(): void }) {
  const { conversationId, name, phone, lastMessagePreview, lastMessageDirection } = one
  const params = { conversationId }
  return (
    <li className="grid gap-3 px-4 py-4 sm:grid-cols-[1fr_auto] sm:items-center sm:gap-6 sm:px-5">
      <div className="flex min-w-0 gap-3">
        <Avatar name={name} />
        <div className="min-w-0 flex-1">
          <div className="flex items-baseline justify-between gap-3 sm:justify-start">
            <Link
              to="/inbox/$conversationId"
              params={params}
              data-person={conversationId}
              className="min-w-0 truncate rounded font-semibold hover:underline"
            >
              {name ?? (phone ? <Phone value={phone} /> : 'Hidden number')}
            </Link>
            <Waited since={one.waitingSince} />
          </div>
          <p className="line-clamp-2 text-sm">
            {lastMessagePreview ? (
              <>
                {lastMessageDirection === 'outbound' && <span className="text-muted">We wrote: </span>}
                <span className={lastMessageDirection === 'outbound' ? 'text-muted' : undefined}>
                  {lastMessagePreview}
                </span>
              </>
            ) : (
              <span className="text-muted">Called, and nothing has been written yet.</span>
            )}
          </p>
          <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-xs">
            <TextBack one={one} />
            {name && phone && <Phone value={phone} />}
          </div>
        </div>
      </div>
      <div className="flex gap-2 pl-12 sm:pl-0">
        <Button asChild kind={isFirst ? 'primary' : 'secondary'} className="flex-1 sm:flex-none">
          <Link to="/inbox/$conversationId" params={params} search={{ reply: true }}>
            <MessageSquareReply aria-hidden />
            Reply
            <span className="sr-only"> to {who}</span>
          </Link>
        </Button>
        {phone && (
          <Button asChild className="flex-1 sm:flex-none">
            <a href={`tel:${phone}`}>
              <PhoneCall aria-hidden />
              Call
              <span className="sr-only"> {who}</span>
            </a>
          </Button>
        )}
        <IconButton icon={Check} label={`Done with ${who}`} shortcut="e" onClick={onDone} />
      </div>
    </li>
  )
}

function Waited({ since }: { since: string }) {
  const now = useNow()
  const { timezone } = useMe().account
  return (
    <time
      dateTime={since}
      title={`Since ${exactTime(since, timezone)}`}
      className="shrink-0 text-muted text-sm tabular-nums"
    >
      waiting {elapsed(now - Date.parse(since))}
    </time>
  )
}

/** Whether their missed call was texted back, or why not. A person who only wrote has no such row. */
function TextBack({ one: { texted, reason, textStatus } }: { one: Waiting }) {
  if (texted && didNotArrive(textStatus)) return <Trouble>The text-back did not arrive; better call them.</Trouble>
  if (texted && textStatus === 'unknown')
    return <Trouble>It is not known whether the text-back left; look at the conversation.</Trouble>
  if (texted)
    return (
      <p className="flex items-center gap-1.5">
        <Check aria-hidden className="size-3.5 text-success" />
        Texted back
      </p>
    )
  if (reason) return <Trouble>Not texted: {skipReason(reason)}</Trouble>
  return null
}

function Trouble({ children }: { children: React.ReactNode }) {
  return (
    <p className="flex items-start gap-1.5 text-warning">
      <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
      <span>{children}</span>
    </p>
  )
}
