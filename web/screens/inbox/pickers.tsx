import { useQuery } from '@tanstack/react-query'
import { AlarmClock, Check, UserRound } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import { useMe } from '../../me.ts'
import { Avatar } from '../../parts/avatar.tsx'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { clockTime, dayName } from '../../times.ts'
import type { Conversation } from '../../types/conversations.ts'
import { useActs } from './acts.ts'
import { peopleQuery } from './people.ts'
import { readLocal, snoozeChoices, writeLocal } from './snooze.ts'

type Props = { conversation: Conversation; onClose(): void }

const optionLook =
  'flex min-h-11 w-full items-center gap-3 rounded-lg px-3 text-left text-sm hover:bg-hover focus-visible:bg-hover focus-visible:outline-offset-[-2px]'

/** Arrow keys move through the options too. */
function onArrows(event: KeyboardEvent<HTMLElement>) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!step) return
  event.preventDefault()
  const options = [...event.currentTarget.querySelectorAll('button')]
  options.at((options.indexOf(document.activeElement as HTMLButtonElement) + step) % options.length)?.focus()
}

function Options({ children }: { children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons in it act; this only moves between them
    <div onKeyDown={onArrows} className="-mx-2 grid">
      {children}
    </div>
  )
}

/** Chooses the assignee of a conversation. */
export function AssignDialog({ conversation, onClose }: Props) {
  const people = useQuery(peopleQuery).data ?? []
  const me = useMe().user?.id
  const { assign } = useActs()
  const choose = (person: { id: string; name: string } | null) => {
    onClose()
    if ((person?.id ?? null) !== conversation.assignedTo) assign(conversation, person)
  }
  const mineFirst = people.toSorted((a, b) => Number(b.id === me) - Number(a.id === me))
  return (
    <Dialog open onClose={onClose} title="Who looks after it?" size="small">
      <Options>
        {mineFirst.map((person) => (
          <button key={person.id} type="button" className={optionLook} onClick={() => choose(person)}>
            <Avatar name={person.name} size="small" />
            <span className="flex-1">
              {person.name}
              {person.id === me && <span className="text-muted"> (you)</span>}
            </span>
            {conversation.assignedTo === person.id && <Chosen />}
          </button>
        ))}
        <button type="button" className={optionLook} onClick={() => choose(null)}>
          <span className="flex size-7 items-center justify-center text-muted">
            <UserRound aria-hidden className="size-4" />
          </span>
          <span className="flex-1">Nobody</span>
          {conversation.assignedTo === null && <Chosen />}
        </button>
      </Options>
    </Dialog>
  )
}

function Chosen() {
  return (
    <>
      <Check aria-hidden className="size-4 text-accent" />
      <span className="sr-only">, now</span>
    </>
  )
}

/** Chooses when it returns to the inbox; a new text returns it at once. */
export function SnoozeDialog({ conversation, onClose }: Props) {
  const { timezone } = useMe().account
  const { snooze, wake } = useActs()
  const [now] = useState(Date.now)
  const [date, setDate] = useState(() => writeLocal(snoozeChoices(now, timezone).at(-1)!.until.getTime(), timezone))
  const until = readLocal(date, timezone)
  const error = until && until.getTime() > now ? null : 'is not a time to come; pick a later one'
  const isAsleep = conversation.snoozedUntil !== null && Date.parse(conversation.snoozedUntil) > now
  const short = (time: Date) =>
    `${dayName(time.toISOString(), now, timezone)}, ${clockTime(time.toISOString(), timezone)}`

  const choose = (time: Date) => {
    onClose()
    snooze(conversation, time.toISOString(), short(time))
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Until when?"
      description="It leaves the inbox until then. A new text or call from them brings it back at once."
      size="small"
    >
      <Options>
        {snoozeChoices(now, timezone).map(({ label, until }) => (
          <button key={label} type="button" className={optionLook} onClick={() => choose(until)}>
            <AlarmClock aria-hidden className="size-4 text-muted" />
            <span className="flex-1">{label}</span>
            <span className="text-muted text-xs">{short(until)}</span>
          </button>
        ))}
        {isAsleep && (
          <button
            type="button"
            className={optionLook}
            onClick={() => {
              onClose()
              wake(conversation)
            }}
          >
            <AlarmClock aria-hidden className="size-4 text-muted" />
            Bring it back now
          </button>
        )}
      </Options>
      <form
        className="mt-3 grid gap-3 border-border border-t pt-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (until && !error) choose(until)
        }}
      >
        <Field label="Another time" error={error}>
          {(control) => (
            <Input
              {...control}
              type="datetime-local"
              min={writeLocal(now, timezone)}
              value={date}
              onChange={(event) => setDate(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" kind="primary" disabled={error !== null}>
          Snooze
        </Button>
      </form>
    </Dialog>
  )
}
