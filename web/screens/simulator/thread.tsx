import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Phone as PhoneIcon, PhoneMissed, SendHorizontal } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Button } from '../../parts/button.tsx'
import { classes } from '../../parts/classes.ts'
import { IconButton } from '../../parts/icon-button.tsx'
import { Input } from '../../parts/input.tsx'
import { Select } from '../../parts/select.tsx'
import { Time } from '../../parts/time.tsx'
import { toast } from '../../parts/toast.tsx'
import { formatPhone } from '../../phones.ts'
import { linkLook } from '../../shell/front.tsx'
import type { Line } from '../../types/numbers.ts'
import { historyOf, type Row } from './line.ts'
import * as network from './network.ts'

const quickTexts = ['STOP', 'START', 'HELP']

type Props = {
  phone: network.Handset
  /** The numbers that ring it; empty for a caller's phone. */
  ringsFor: string[]
  lines: Line[]
  canText: boolean
}

/** The idle phone: which number to call or text, and its history. */
export function Thread({ phone, ringsFor, lines, canText }: Props) {
  const queries = useQueryClient()
  const rows = historyOf(phone)
  const latest = rows.findLast(({ other }) => lines.some(({ number }) => number === other))?.other
  const [chosen, setChosen] = useState<string | null>(null)
  const line = chosen ?? latest ?? lines[0]?.number
  const [body, setBody] = useState('')
  const log = useRef<HTMLDivElement>(null)
  const count = rows.length
  // biome-ignore lint/correctness/useExhaustiveDependencies: what came last is to be seen
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight })
  }, [count])
  const refresh = () => queries.invalidateQueries({ queryKey: network.handsetQuery(phone.number).queryKey })

  const call = useMutation({
    mutationFn: (to: string) => network.callFrom(phone.number, to),
    onError: (error) => toast.error(error),
    onSettled: refresh,
  })
  const text = useMutation({
    mutationFn: ({ to, body }: { to: string; body: string }) => network.textFrom(phone.number, to, body),
    onError: (error, { body }) => {
      // The typed text is not lost with it.
      setBody((now) => now || body)
      toast.error(error)
    },
    onSettled: refresh,
  })
  function send(event: FormEvent) {
    event.preventDefault()
    if (!line || body.trim() === '') return
    text.mutate({ to: line, body: body.trim() })
    setBody('')
  }

  if (!line)
    return (
      <p className="m-auto max-w-52 px-4 text-center text-muted text-sm">
        No number of yours is on this network.{' '}
        <Link to="/numbers/connect" className={linkLook}>
          Connect one
        </Link>{' '}
        to call it.
      </p>
    )
  const name = formatPhone(phone.number)
  return (
    <>
      <div className="flex items-center gap-2 border-border border-b px-3 py-2">
        <span className="min-w-0 flex-1">
          <Select
            aria-label={`Number that ${name} calls and texts`}
            value={line}
            onChange={(event) => setChosen(event.target.value)}
            className="h-9 text-sm"
          >
            {lines.map(({ number, label }) => (
              <option key={number} value={number}>
                {label ? `${label}, ${number.slice(-4)}` : formatPhone(number)}
              </option>
            ))}
          </Select>
        </span>
        <button
          type="button"
          aria-label={`Call ${labelOf(line, lines)}`}
          title={`Call ${labelOf(line, lines)}`}
          aria-disabled={call.isPending || undefined}
          onClick={() => !call.isPending && call.mutate(line)}
          className="flex size-10 shrink-0 items-center justify-center rounded-full bg-accent text-accent-text hover:bg-accent-hover pointer-coarse:size-11"
        >
          <PhoneIcon aria-hidden className="size-5" />
        </button>
      </div>
      <div
        role="log"
        aria-label={`Texts and calls of ${name}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, which the keyboard must reach
        tabIndex={0}
        ref={log}
        className="flex min-h-0 flex-1 flex-col gap-2 overflow-y-auto px-3 py-3 -outline-offset-2"
      >
        {rows.length === 0 && (
          <p className="m-auto max-w-44 text-center text-muted text-sm">
            {ringsFor.length > 0
              ? `This is your own phone. When somebody calls ${ringsFor.join(' or ')}, it rings here: answer, decline, or let it ring.`
              : 'Call a number, let it ring, and hang up: the text-back arrives here.'}
          </p>
        )}
        {rows.map((row, index) => (
          <RowView key={row.id} row={row} lines={lines} isNewParty={rows[index - 1]?.other !== row.other} />
        ))}
      </div>
      {canText && (
        <div className="border-border border-t px-3 pt-2 pb-3">
          <div className="flex gap-1.5 pb-2">
            {quickTexts.map((word) => (
              <Button
                key={word}
                size="small"
                aria-label={`Text ${word}`}
                className="h-7 flex-1 px-1 text-xs pointer-coarse:h-11 pointer-coarse:px-1"
                onClick={() => text.mutate({ to: line, body: word })}
              >
                {word}
              </Button>
            ))}
          </div>
          <form onSubmit={send} className="flex items-center gap-1">
            <Input
              aria-label={`Text from ${name}`}
              placeholder="Text"
              autoComplete="off"
              value={body}
              onChange={(event) => setBody(event.target.value)}
              className="h-9 min-w-0 rounded-full text-sm"
            />
            <IconButton icon={SendHorizontal} label="Send" type="submit" className="text-accent" />
          </form>
        </div>
      )}
    </>
  )
}

function RowView({ row, lines, isNewParty }: { row: Row; lines: Line[]; isNewParty: boolean }) {
  const party = isNewParty && lines.length > 1 && (
    <p className="pt-1 text-center text-muted text-xs">{labelOf(row.other, lines)}</p>
  )
  if (row.kind === 'call') {
    const Icon = row.missed ? PhoneMissed : PhoneIcon
    return (
      <>
        {party}
        <p className="flex items-center justify-center gap-1.5 text-muted text-xs">
          <Icon aria-hidden className="size-3.5" />
          {row.what} · <Time value={row.at} plain />
        </p>
      </>
    )
  }
  return (
    <>
      {party}
      <p
        className={classes(
          'max-w-[85%] whitespace-pre-line break-words rounded-2xl px-3 py-1.5 text-sm',
          row.sent ? 'self-end rounded-br-md bg-accent text-accent-text' : 'self-start rounded-bl-md bg-hover',
        )}
      >
        <span className="sr-only">{row.sent ? 'Sent: ' : 'Received: '}</span>
        {row.body}
      </p>
    </>
  )
}

function labelOf(number: string, lines: Line[]) {
  return lines.find((line) => line.number === number)?.label || formatPhone(number)
}
