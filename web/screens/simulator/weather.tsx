import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Segmented } from '../../parts/segmented.tsx'
import { Select } from '../../parts/select.tsx'
import { Switch } from '../../parts/switch.tsx'
import { toast } from '../../parts/toast.tsx'
import * as network from './network.ts'

type Chance = 'duplicate' | 'reorder' | 'status429' | 'status500' | 'acceptThenTimeout'

const chances: { name: Chance; label: string; hint: string }[] = [
  { name: 'duplicate', label: 'Webhooks come twice', hint: 'Still only one text may leave.' },
  { name: 'reorder', label: 'Webhooks overtake each other', hint: 'The end of a call before its beginning.' },
  { name: 'status429', label: 'Sends are refused: too many', hint: 'Answered 429, not sent. It must be tried again.' },
  { name: 'status500', label: 'Sends break', hint: 'Answered 500, and in half of the cases sent all the same.' },
  { name: 'acceptThenTimeout', label: 'Sends are taken, but never answered', hint: 'Trying again would text twice.' },
]

const oneShots: Record<network.OneShot, string> = {
  acceptThenTimeout: 'taken, never answered',
  status429: 'refused, 429',
  status500: 'broken, 500',
  refuse: 'cut off',
}

/** Half: it shows within a few calls, and something still gets through. */
const USUAL_CHANCE = 0.5
const USUAL_DELAY_MS = 2_000

/** The network's faults, and the speed of its time. */
export function Weather() {
  const queries = useQueryClient()
  const faults = useQuery(network.faultsQuery)
  const clock = useQuery(network.clockQuery)
  const settings = useQuery(network.settingsQuery)
  const [shot, setShot] = useState<network.OneShot>('acceptThenTimeout')
  const [forgetting, setForgetting] = useState(false)
  const onError = (error: unknown) => toast.error(error)

  const setFaults = useMutation({
    mutationFn: network.setFaults,
    // One after the other: each request carries all of them, and the last one counts.
    scope: { id: 'faults' },
    onError: (error) => {
      onError(error)
      return queries.invalidateQueries({ queryKey: network.faultsQuery.queryKey })
    },
  })
  const setSpeed = useMutation({
    mutationFn: network.setSpeed,
    onSuccess: (now) => queries.setQueryData(network.clockQuery.queryKey, now),
    onError,
  })
  const setWebhooks = useMutation({
    mutationFn: network.setWebhooks,
    onSuccess: (now) => queries.setQueryData(network.settingsQuery.queryKey, now),
    onError,
  })
  const breakNext = useMutation({
    mutationFn: network.breakNext,
    onSuccess: () => toast.show(`The next text will be ${oneShots[shot]}`),
    onError,
  })
  const calm = useMutation({
    mutationFn: async () => {
      await network.clearFaults()
      await network.setWebhooks(true)
    },
    onError,
    onSettled: () => queries.invalidateQueries({ queryKey: ['simulator'] }),
  })
  const forget = useMutation({
    mutationFn: network.forgetEverything,
    onSuccess: () => toast.show('The network has forgotten everything'),
    onError,
    onSettled: () => {
      setForgetting(false)
      return queries.invalidateQueries({ queryKey: ['simulator'] })
    },
  })

  if (faults.error) return <ErrorState error={faults.error} onRetry={() => faults.refetch()} />
  if (!faults.data || !clock.data || !settings.data) return null
  const now = faults.data
  const set = (change: Partial<network.Faults>) => {
    const next = { ...now, ...queries.getQueryData(network.faultsQuery.queryKey), ...change }
    queries.setQueryData(network.faultsQuery.queryKey, next)
    setFaults.mutate(next)
  }
  const on =
    chances.filter(({ name }) => now[name] > 0).length + Number(now.delayMs[1] > 0) + Number(!settings.data.webhooks)
  return (
    <details className="group shrink-0 rounded-xl border border-border bg-surface">
      <summary className="flex min-h-12 list-none items-center gap-2 rounded-xl px-4 py-2 hover:bg-hover [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden className="size-4 text-muted transition-transform group-open:rotate-90" />
        <span className="flex-1 font-semibold">Faults and time</span>
        {clock.data.speed !== 1 && <Badge tone="info">{clock.data.speed}× time</Badge>}
        {on > 0 ? <Badge tone="warning">{on === 1 ? '1 fault' : `${on} faults`}</Badge> : <Badge>All is well</Badge>}
      </summary>
      <div className="grid max-h-[60dvh] gap-5 overflow-y-auto border-border border-t px-4 py-4">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <span className="font-medium text-sm">Time runs</span>
          <Segmented
            label="Speed of time"
            value={String(clock.data.speed)}
            choices={['1', '5', '20', '60'].map((value) => ({ value, label: `${value}×` }))}
            onChange={(speed) => setSpeed.mutate(Number(speed))}
          />
        </div>
        <Switch
          label="Webhooks reach Textback"
          hint="Off: as if Textback were down. What was lost is found again on the carrier’s lists."
          checked={settings.data.webhooks}
          onChange={(webhooks) => setWebhooks.mutate(webhooks)}
        />
        {chances.map(({ name, label, hint }) => (
          <Fault
            key={name}
            label={label}
            hint={hint}
            on={now[name] > 0}
            onChange={(on) => set({ [name]: on ? USUAL_CHANCE : 0 })}
          >
            <Select
              aria-label={`How often: ${label}`}
              value={now[name]}
              onChange={(event) => set({ [name]: Number(event.target.value) })}
              className="h-9 text-sm"
            >
              <option value={0.1}>One in ten</option>
              <option value={0.25}>One in four</option>
              <option value={0.5}>Every other</option>
              <option value={1}>All</option>
              {![0.1, 0.25, 0.5, 1].includes(now[name]) && <option value={now[name]}>{now[name] * 100} %</option>}
            </Select>
          </Fault>
        ))}
        <Fault
          label="Webhooks come late"
          hint="Each at another time, up to so many seconds."
          on={now.delayMs[1] > 0}
          onChange={(on) => set({ delayMs: [0, on ? USUAL_DELAY_MS : 0] })}
        >
          <Select
            aria-label="How late webhooks come"
            value={now.delayMs[1]}
            onChange={(event) => set({ delayMs: [0, Number(event.target.value)] })}
            className="h-9 text-sm"
          >
            {[...new Set([500, 2_000, 10_000, now.delayMs[1]])]
              .sort((a, b) => a - b)
              .map((ms) => (
                <option key={ms} value={ms}>
                  Up to {ms / 1000} s
                </option>
              ))}
          </Select>
        </Fault>
        <Field label="Seed" hint="With the same seed the same webhooks and sends meet the same fate.">
          {(control) => (
            <Input
              {...control}
              key={now.seed}
              type="number"
              inputMode="numeric"
              min={0}
              defaultValue={now.seed}
              onBlur={(event) => {
                const seed = Math.max(0, Math.round(Number(event.target.value)) || 0)
                if (seed !== now.seed) set({ seed })
              }}
            />
          )}
        </Field>
        <Field label="Only the next text is">
          {(control) => (
            <div className="flex gap-2">
              <span className="min-w-0 flex-1">
                <Select
                  {...control}
                  value={shot}
                  onChange={(event) => setShot(event.target.value as network.OneShot)}
                  className="text-sm"
                >
                  {Object.entries(oneShots).map(([value, label]) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </Select>
              </span>
              <Button className="h-10" pending={breakNext.isPending} onClick={() => breakNext.mutate(shot)}>
                Break it
              </Button>
            </div>
          )}
        </Field>
        <div className="flex flex-wrap gap-2">
          <Button size="small" pending={calm.isPending} onClick={() => calm.mutate()}>
            All faults off
          </Button>
          <Button size="small" onClick={() => setForgetting(true)}>
            Start over
          </Button>
        </div>
      </div>
      <Confirm
        open={forgetting}
        onClose={() => setForgetting(false)}
        title="Start the network over?"
        action="Start over"
        pending={forget.isPending}
        onConfirm={() => forget.mutate()}
      >
        The phones forget their texts and calls, the wire is wiped, and faults and opt-outs at the carriers end. What
        Textback has in its inbox stays.
      </Confirm>
    </details>
  )
}

type FaultProps = { label: string; hint: string; on: boolean; onChange(on: boolean): void; children: ReactNode }

function Fault({ label, hint, on, onChange, children }: FaultProps) {
  return (
    <div className="grid gap-2">
      <Switch label={label} hint={hint} checked={on} onChange={onChange} />
      {on && <div className="max-w-40">{children}</div>}
    </div>
  )
}
