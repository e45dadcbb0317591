import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Grip, Phone as PhoneIcon, PhoneOff, UserRound } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { classes } from '../../parts/classes.ts'
import { Phone } from '../../parts/phone.tsx'
import { toast } from '../../parts/toast.tsx'
import { duration } from '../../times.ts'
import type { Line } from '../../types/numbers.ts'
import type { OnLine } from './line.ts'
import * as network from './network.ts'

type Props = { line: OnLine; number: string; lines: Line[]; speed: number }

const keypad = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

/** The phone while it rings, calls or talks. */
export function CallScreen({ line: { call, leg }, number, lines, speed }: Props) {
  const queries = useQueryClient()
  const [keys, setKeys] = useState(false)
  const [pressed, setPressed] = useState('')
  const isTarget = leg.role === 'target'
  const isRinging = leg.state === 'ringing'
  const other = isTarget ? leg.from : leg.to
  const label = lines.find(({ number }) => number === other)?.label
  const seconds = useSeconds(leg.answeredAt ?? leg.startedAt, speed)

  const does = useMutation({
    mutationFn: (what: 'answer' | 'decline' | 'hang up') => {
      if (what !== 'hang up') return network.act(call.id, number, what)
      return isTarget ? network.act(call.id, number, 'callee-hangup') : network.hangUp(call.id)
    },
    onError: (error) => toast.error(error),
    onSettled: () => queries.invalidateQueries({ queryKey: network.handsetQuery(number).queryKey }),
  })
  function press(key: string) {
    setPressed((before) => before + key)
    network.press(call.id, key, isTarget ? number : undefined).catch((error) => toast.error(error))
  }

  return (
    <div className="flex min-h-0 flex-1 flex-col items-center justify-between gap-3 overflow-y-auto px-5 py-5 text-center">
      <div className="grid justify-items-center gap-1.5">
        <span
          className={classes(
            keys ? 'hidden' : 'mb-2 flex size-16 items-center justify-center rounded-full bg-accent-soft text-accent',
            isRinging && 'animate-pulse',
          )}
        >
          <UserRound aria-hidden className="size-7" />
        </span>
        <span className="font-semibold text-lg">{label || <Phone value={other} />}</span>
        {label && (
          <span className="text-muted text-sm">
            <Phone value={other} />
          </span>
        )}
        <span role="status" className="text-muted text-sm">
          {isRinging ? (isTarget ? 'is calling' : 'Calling') : 'On the line'}
        </span>
        <span className="text-muted text-sm tabular-nums">{duration(seconds)}</span>
      </div>
      {keys && (
        <div className="grid gap-2">
          <output aria-label="Pressed" className="h-6 tabular-nums tracking-widest">
            {pressed}
          </output>
          <div className="grid grid-cols-3 gap-2">
            {keypad.map((key) => (
              <button
                key={key}
                type="button"
                onClick={() => press(key)}
                className="size-12 rounded-full border border-border font-medium text-lg hover:bg-hover"
              >
                {key}
              </button>
            ))}
          </div>
        </div>
      )}
      <div className="flex items-center gap-6">
        {isRinging && isTarget ? (
          <>
            <Round label="Decline" look="bg-danger text-danger-text" onClick={() => does.mutate('decline')}>
              <PhoneOff aria-hidden className="size-6" />
            </Round>
            <Round label="Answer" look="bg-accent text-accent-text" onClick={() => does.mutate('answer')}>
              <PhoneIcon aria-hidden className="size-6" />
            </Round>
          </>
        ) : (
          <>
            {!isRinging && (
              <Round
                label={keys ? 'Hide keypad' : 'Keypad'}
                look="border border-border text-text"
                onClick={() => setKeys(!keys)}
              >
                <Grip aria-hidden className="size-6" />
              </Round>
            )}
            <Round label="Hang up" look="bg-danger text-danger-text" onClick={() => does.mutate('hang up')}>
              <PhoneOff aria-hidden className="size-6" />
            </Round>
          </>
        )}
      </div>
    </div>
  )
}

function Round({
  label,
  look,
  onClick,
  children,
}: {
  label: string
  look: string
  onClick(): void
  children: ReactNode
}) {
  return (
    <span className="grid justify-items-center gap-1.5 text-xs">
      <button
        type="button"
        aria-label={label}
        onClick={onClick}
        className={classes('flex size-14 items-center justify-center rounded-full', look)}
      >
        {children}
      </button>
      <span aria-hidden className="text-muted">
        {label}
      </span>
    </span>
  )
}

/** Simulated seconds since then, updated as they pass. */
function useSeconds(since: string, speed: number): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [])
  return Math.max(0, Math.floor(((now - Date.parse(since)) / 1000) * speed))
}
