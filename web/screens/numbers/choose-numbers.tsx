import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowLeft, RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { ApiProblem, api } from '../../api.ts'
import { useMe } from '../../me.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Checkbox } from '../../parts/checkbox.tsx'
import { toast } from '../../parts/toast.tsx'
import { formatPhone } from '../../phones.ts'
import type { Carrier } from '../../types/carriers.ts'
import type { Line } from '../../types/numbers.ts'
import { carrierLabel, carriersQuery, numbersQuery } from './data.ts'
import { type NewLine, NewLineFields, newLine } from './new-line.tsx'
import { SavedNumbers } from './saved-numbers.tsx'

/** The carrier's numbers: which ones text back, and how each gets its calls. */
export function ChooseNumbers({ carrier, onBack }: { carrier: Carrier; onBack(): void }) {
  const queries = useQueryClient()
  const { country } = useMe().account
  const lines = useQuery(numbersQuery).data ?? []
  const [chosen, setChosen] = useState<Record<string, NewLine>>({})
  const [problems, setProblems] = useState<Record<string, unknown>>({})
  const [saved, setSaved] = useState<string[]>([])
  const check = useMutation({
    mutationFn: () => api.post<Carrier>(`/carriers/${carrier.id}/check`),
    onSettled: () => queries.invalidateQueries({ queryKey: carriersQuery.queryKey }),
    onError: (error) => toast.error(error),
  })
  const numbers = Object.keys(chosen)
  // Each number is saved by itself: those saved stay so, and the others show their errors.
  const save = useMutation({
    mutationFn: async () => {
      const faults: Record<string, unknown> = {}
      for (const number of numbers) {
        try {
          await api.post<Line>('/numbers', { number, carrier: carrier.id, ...chosen[number] })
          setSaved((now) => [...now, number])
          setChosen(({ [number]: _, ...rest }) => rest)
        } catch (error) {
          if (!(error instanceof ApiProblem)) throw error
          faults[number] = error
        }
      }
      setProblems(faults)
    },
    onError: (error) => toast.error(error),
    onSettled: () => queries.invalidateQueries({ queryKey: ['numbers'] }),
  })

  const found = carrier.foundNumbers.filter(({ number }) => !saved.includes(number))
  return (
    <div className="grid gap-5">
      {saved.length > 0 && <SavedNumbers numbers={saved} />}
      {found.length > 0 && (
        <Card
          title={saved.length > 0 ? 'More numbers' : 'Which numbers?'}
          hint={`What ${carrierLabel(carrier)} has. Choosing one points its calls and texts here.`}
          actions={
            <Button size="small" pending={check.isPending} onClick={() => check.mutate()}>
              {!check.isPending && <RefreshCw aria-hidden />}
              Look again
            </Button>
          }
          className="p-0"
        >
          <ul className="divide-y divide-border">
            {found.map(({ number, label, canCall, canText }) => {
              const isHere = lines.some((line) => line.number === number)
              const fields = chosen[number]
              const name = formatPhone(number, country)
              return (
                <li key={number} className="grid gap-4 px-4 py-3.5 sm:px-5">
                  <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
                    <Checkbox
                      label={
                        <>
                          <span className="font-medium tabular-nums">{name}</span>
                          {label && label !== number && <span className="text-muted"> {label}</span>}
                        </>
                      }
                      checked={isHere || fields !== undefined}
                      disabled={isHere || !canCall}
                      onChange={(on) =>
                        setChosen(({ [number]: _, ...rest }) => (on ? { ...rest, [number]: newLine } : rest))
                      }
                    />
                    <span className="flex gap-1.5">
                      {isHere && <Badge tone="success">Here already</Badge>}
                      {!canCall && <Badge tone="warning">No calls</Badge>}
                      {!canText && <Badge tone="warning">No texts</Badge>}
                    </span>
                  </div>
                  {fields && (
                    <NewLineFields
                      name={name}
                      value={fields}
                      problem={problems[number]}
                      onChange={(value) => {
                        setChosen((now) => ({ ...now, [number]: value }))
                        setProblems(({ [number]: _, ...rest }) => rest)
                      }}
                    />
                  )}
                </li>
              )
            })}
          </ul>
        </Card>
      )}
      {carrier.foundNumbers.length === 0 && (
        <Card title="No numbers there">
          <div className="grid justify-items-start gap-4 text-sm">
            <p className="text-muted">
              {carrier.trouble
                ? `${carrier.trouble.sentence} ${carrier.trouble.nextStep}`
                : 'This account has no phone number yet. Buy one at the carrier, one that can call and text, then look again.'}
            </p>
            <Button pending={check.isPending} onClick={() => check.mutate()}>
              Look again
            </Button>
          </div>
        </Card>
      )}
      <div className="flex flex-wrap justify-between gap-3">
        <Button kind="quiet" onClick={onBack}>
          <ArrowLeft aria-hidden />
          Another carrier
        </Button>
        {found.length > 0 && (
          <Button kind="primary" disabled={numbers.length === 0} pending={save.isPending} onClick={() => save.mutate()}>
            {numbers.length > 1 ? `Save ${numbers.length} numbers` : 'Save number'}
          </Button>
        )}
      </div>
    </div>
  )
}
