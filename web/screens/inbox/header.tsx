import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import {
  AlarmClock,
  ArrowLeft,
  CheckCheck,
  EllipsisVertical,
  MailOpen,
  PanelRight,
  Phone as PhoneIcon,
  RotateCcw,
  UserPlus,
  UserRound,
} from 'lucide-react'
import { useMe } from '../../me.ts'
import { useNow } from '../../now.ts'
import { Button } from '../../parts/button.tsx'
import { IconButton } from '../../parts/icon-button.tsx'
import { Menu, MenuItem, MenuLine } from '../../parts/menu.tsx'
import { Phone } from '../../parts/phone.tsx'
import { Time } from '../../parts/time.tsx'
import { formatPhone } from '../../phones.ts'
import { elapsed } from '../../times.ts'
import type { Conversation } from '../../types/conversations.ts'
import { numbersQuery } from '../numbers/data.ts'
import { useActs } from './acts.ts'
import { useAsk } from './ask.ts'
import { useClose } from './close.ts'
import { peopleQuery } from './people.ts'

type Props = { conversation: Conversation; onDetails(): void }

/** The person, the conversation's state and its actions. */
export function ConversationHeader({ conversation, onDetails }: Props) {
  const { contact, status } = conversation
  const { reopen, markUnread } = useActs()
  const close = useClose()
  const ask = useAsk()
  const navigate = useNavigate()
  return (
    <header className="flex shrink-0 items-center gap-1 border-border border-b px-2 py-2 sm:pl-6">
      <Link
        to="/inbox"
        search={(now) => ({ view: now.view })}
        aria-label="Back"
        className="flex size-11 shrink-0 items-center justify-center rounded-lg text-muted hover:text-text md:hidden"
      >
        <ArrowLeft aria-hidden className="size-5" />
      </Link>
      <div className="min-w-0 flex-1 py-1">
        <h1 className="truncate font-semibold text-lg tracking-tight">
          {contact.name ?? (contact.phone ? <Phone value={contact.phone} /> : 'Unknown person')}
        </h1>
        <p className="truncate text-muted text-xs">
          <State conversation={conversation} />
        </p>
      </div>
      {contact.phone && (
        <Button asChild kind="quiet" size="small">
          <a href={`tel:${conversation.repliesTo ?? contact.phone}`} aria-label="Call back">
            <PhoneIcon aria-hidden />
            <span className="hidden sm:inline">Call</span>
          </a>
        </Button>
      )}
      <span className="hidden items-center sm:flex">
        <IconButton icon={UserPlus} label="Assign" shortcut="a" onClick={() => ask({ what: 'assign', conversation })} />
        <IconButton
          icon={AlarmClock}
          label="Snooze"
          shortcut="s"
          onClick={() => ask({ what: 'snooze', conversation })}
        />
      </span>
      {status === 'open' ? (
        <IconButton icon={CheckCheck} label="Close" shortcut="e" onClick={() => close(conversation)} />
      ) : (
        <IconButton icon={RotateCcw} label="Reopen" shortcut="e" onClick={() => reopen(conversation)} />
      )}
      <Menu trigger={<IconButton icon={EllipsisVertical} label="More" />}>
        <MenuItem icon={UserPlus} shortcut="a" onSelect={() => ask({ what: 'assign', conversation })}>
          Assign
        </MenuItem>
        <MenuItem icon={AlarmClock} shortcut="s" onSelect={() => ask({ what: 'snooze', conversation })}>
          Snooze
        </MenuItem>
        <MenuItem icon={MailOpen} shortcut="u" onSelect={() => markUnread(conversation)}>
          Mark unread
        </MenuItem>
        <MenuLine />
        <MenuItem icon={PanelRight} onSelect={onDetails}>
          About this person
        </MenuItem>
        <MenuItem
          icon={UserRound}
          onSelect={() => navigate({ to: '/contacts/$contactId', params: { contactId: conversation.contactId } })}
        >
          Open contact
        </MenuItem>
      </Menu>
      <span className="hidden sm:inline-flex xl:hidden">
        <IconButton icon={PanelRight} label="About this person" onClick={onDetails} />
      </span>
    </header>
  )
}

/** Closed, snoozed, waiting; the assignee; the number of ours. */
function State({ conversation }: { conversation: Conversation }) {
  const now = useNow()
  const people = useQuery(peopleQuery).data
  const line = useQuery(numbersQuery).data?.find((line) => line.number === conversation.number)
  const { country } = useMe().account
  const { status, snoozedUntil, waitingSince, assignedTo, number, repliesFrom } = conversation
  const assignee = people?.find(({ id }) => id === assignedTo)?.name
  const isAsleep = snoozedUntil !== null && Date.parse(snoozedUntil) > now
  return (
    <>
      {status === 'closed' ? (
        'Closed · '
      ) : isAsleep ? (
        <>
          Snoozed until <Time value={snoozedUntil} plain /> ·{' '}
        </>
      ) : waitingSince ? (
        <span className="text-warning">Waiting {elapsed(now - Date.parse(waitingSince))} · </span>
      ) : null}
      {assignee && `${assignee} looks after it · `}
      on {line?.label ? <span title={formatPhone(number, country)}>{line.label}</span> : <Phone value={number} />}
      {repliesFrom !== number && ' (deleted)'}
    </>
  )
}
