import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { PartyPopper, Smartphone } from 'lucide-react'
import { useEffect, useState } from 'react'
import { api, type List } from '../../api.ts'
import { useConnected } from '../../live.ts'
import { useMe } from '../../me.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Checks } from '../../parts/checks.tsx'
import { Segmented } from '../../parts/segmented.tsx'
import { toast } from '../../parts/toast.tsx'
import { formatPhone } from '../../phones.ts'
import type { Call } from '../../types/calls.ts'
import type { Message } from '../../types/messages.ts'
import type { Line } from '../../types/numbers.ts'
import { carriersQuery } from './data.ts'
import { diagnose, PATIENCE_SECONDS } from './diagnosis.ts'
import { FindingNote } from './finding-note.tsx'
import type { NumberTab } from './search.ts'
import { StepRow } from './step-row.tsx'
import { testSteps } from './steps.ts'

type Props = { line: Line; onOpen(tab: NumberTab): void }

/** How often to fetch without the live feed. */
const ASK_MS = 2_000

const newestCalls = (number: string, signal?: AbortSignal) =>
  api.get<List<Call>>('/calls', { number, limit: 5 }, signal)

/** Watches a real call: each step as it happens, and what is wrong when one is missing. */
export function TestNow({ line, onOpen }: Props) {
  // The newest call before the test: newer calls belong to it. By id, since the clocks of a browser and of a carrier
  // differ.
  const [before, setBefore] = useState<{ newest: string | null } | null>(null)
  const [pending, setPending] = useState(false)
  const start = async () => {
    // Before it is known, a call would not count as one of this test.
    setBefore(null)
    setPending(true)
    try {
      const { data } = await newestCalls(line.number)
      setBefore({ newest: data[0]?.id ?? null })
    } catch (error) {
      toast.error(error)
    } finally {
      setPending(false)
    }
  }
  return (
    <Card title="Test it now" hint="A real call and a real text, watched step by step.">
      {before ? (
        <Watch line={line} after={before.newest} onOpen={onOpen} onAgain={start} />
      ) : (
        <div className="grid justify-items-start gap-4">
          <WhatToDo line={line} />
          <Button kind="primary" onClick={start} pending={pending}>
            I am ready
          </Button>
        </div>
      )}
    </Card>
  )
}

function WhatToDo({ line }: { line: Line }) {
  const carrierKind = useCarrierKind(line)
  const { account, simulator } = useMe()
  const number = (
    <strong className="whitespace-nowrap font-semibold">{formatPhone(line.number, account.country)}</strong>
  )
  return (
    <div className="grid gap-3 text-sm">
      {carrierKind === 'generic' ? (
        <p>
          From another phone, call {number}, let it ring at your phone system, and do not pick up. The call is reported
          here when it is over.
        </p>
      ) : line.mode === 'cfna' ? (
        <p>
          From another phone, call <strong className="font-semibold">your own line</strong>, the one that passes its
          missed calls on to {number}. Let it ring and do not pick up.
        </p>
      ) : (
        <p>
          From another phone, call {number}. Yours rings: let it ring to the end ({line.ringSeconds} s), or hang up
          after a while, and do not pick up.
        </p>
      )}
      {simulator && (
        <p>
          <Button asChild size="small">
            <a href="/simulator" target="_blank" rel="noreferrer">
              <Smartphone aria-hidden />
              Open the simulated phones<span className="sr-only"> in another window</span>
            </a>
          </Button>
        </p>
      )}
    </div>
  )
}

function Watch({ line, after, onOpen, onAgain }: Props & { after: string | null; onAgain(): void }) {
  const { country } = useMe().account
  const queries = useQueryClient()
  const isLive = useConnected()
  const [rangFirst, setRangFirst] = useState<boolean | null>(null)
  const carrierKind = useCarrierKind(line)
  const refetchInterval = isLive ? (false as const) : ASK_MS
  const call =
    useQuery({
      queryKey: ['calls', 'test', line.number, after],
      queryFn: ({ signal }) => newestCalls(line.number, signal),
      refetchInterval,
      // Ids grow with time: of several new calls the first is the one to watch.
      select: ({ data }) =>
        data.filter(({ id, direction }) => direction === 'inbound' && (!after || id > after)).at(-1),
    }).data ?? null
  const messageId = call?.messageId
  const message =
    useQuery({
      queryKey: ['messages', messageId],
      queryFn: ({ signal }) => api.get<Message>(`/messages/${messageId}`, {}, signal),
      enabled: typeof messageId === 'string',
      refetchInterval,
    }).data ?? null

  const steps = testSteps(call, message, call ? formatPhone(call.from, country) : '')
  const isThere = message?.status === 'delivered'
  const waited = useSecondsSince(`${call?.id} ${call?.endedAt} ${call?.decision?.reason} ${message?.status}`, !isThere)
  const finding = diagnose({ line, carrierKind, call, message, rangFirst, waited })
  const again = () => {
    queries.removeQueries({ queryKey: ['calls', 'test', line.number] })
    onAgain()
  }

  return (
    <div className="grid gap-5">
      {!call && <WhatToDo line={line} />}
      <ol aria-label="Steps of the test" className="grid">
        {steps.map((step, index) => (
          <StepRow key={step.title} step={step} isLast={index === steps.length - 1} />
        ))}
      </ol>
      <div aria-live="polite" className="grid gap-4 empty:hidden">
        {!call && !finding && (
          <p className="text-muted text-sm tabular-nums">
            Waiting for the call. {PATIENCE_SECONDS.call - waited} s until we say what may be wrong.
          </p>
        )}
        {call && line.mode === 'cfna' && carrierKind !== 'generic' && rangFirst === null && (
          <div className="grid justify-items-start gap-2 text-sm">
            <p>Did your own phone ring before?</p>
            <Segmented
              label="Did your own phone ring before?"
              value="unsaid"
              onChange={(said) => setRangFirst(said === 'yes')}
              choices={[
                { value: 'yes', label: 'Yes' },
                { value: 'no', label: 'No, not at all' },
              ]}
            />
          </div>
        )}
        {finding && <FindingNote finding={finding} onOpen={onOpen} />}
        {isThere && !finding && (
          <p className="flex gap-2.5 rounded-lg bg-success-soft px-4 py-3 text-sm text-success">
            <PartyPopper aria-hidden className="mt-0.5 size-4 shrink-0" />
            <span>
              <strong className="font-semibold">It works.</strong>{' '}
              <Link
                to="/inbox/$conversationId"
                params={{ conversationId: message.conversationId }}
                className="underline"
              >
                See the conversation
              </Link>
            </span>
          </p>
        )}
      </div>
      {call?.decision?.action === 'skip' && (
        <details className="text-sm">
          <summary className="font-medium">Every check</summary>
          <div className="pt-3">
            <Checks checks={call.decision.checks} />
          </div>
        </details>
      )}
      <div>
        <Button onClick={again}>{call ? 'Test again' : 'Start again'}</Button>
      </div>
    </div>
  )
}

const useCarrierKind = (line: Line) => useQuery(carriersQuery).data?.find(({ id }) => id === line.carrier)?.kind

/** Whole seconds since `what` last changed, while `counting`. */
function useSecondsSince(what: string, counting: boolean): number {
  const [seconds, setSeconds] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new `what` begins again
  useEffect(() => {
    setSeconds(0)
    if (!counting) return
    const began = Date.now()
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - began) / 1000)), 1000)
    return () => clearInterval(timer)
  }, [what, counting])
  return seconds
}
