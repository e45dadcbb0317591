import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleAlert, Hash, Lightbulb, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { useIsOwner } from '../../me.ts'
import { Button } from '../../parts/button.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { Page } from '../../parts/page.tsx'
import { Phone } from '../../parts/phone.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { Switch } from '../../parts/switch.tsx'
import type { Carrier } from '../../types/carriers.ts'
import type { Line } from '../../types/numbers.ts'
import { carrierLabel, carriersQuery, numbersQuery, useLineName, useTextBackSwitch } from './data.ts'
import { tabOfField } from './fields.ts'
import { LineState, lineTrouble } from './line-state.tsx'

export function NumbersScreen() {
  const numbers = useQuery(numbersQuery)
  const carriers = useQuery(carriersQuery)
  const isOwner = useIsOwner()
  const connect = (
    <Button asChild kind="primary">
      <Link to="/numbers/connect">
        <Plus aria-hidden />
        Add a number
      </Link>
    </Button>
  )
  return (
    <Page
      title="Numbers"
      hint="The lines whose missed calls are texted back."
      actions={isOwner && numbers.data && numbers.data.length > 0 && connect}
    >
      {numbers.isPending ? (
        <SkeletonRows rows={3} />
      ) : numbers.isError ? (
        <ErrorState error={numbers.error} onRetry={numbers.refetch} />
      ) : numbers.data.length === 0 ? (
        <EmptyState icon={Hash} title="No numbers yet" action={isOwner && connect}>
          {isOwner
            ? 'Connect Twilio, Telnyx or your own phone system, choose a number, and its next missed call is texted back within seconds.'
            : 'An owner of this business connects a carrier and chooses its numbers.'}
        </EmptyState>
      ) : (
        <ul className="grid gap-3">
          {numbers.data.map((line) => (
            <LineRow key={line.number} line={line} carrier={carriers.data?.find(({ id }) => id === line.carrier)} />
          ))}
        </ul>
      )}
    </Page>
  )
}

function LineRow({ line, carrier }: { line: Line; carrier: Carrier | undefined }) {
  const isOwner = useIsOwner()
  const name = useLineName()(line)
  const textBack = useTextBackSwitch()
  const trouble = lineTrouble(line)
  return (
    <li className="rounded-xl border border-border bg-surface">
      <div className="grid gap-x-6 gap-y-3 px-4 py-4 sm:grid-cols-[1fr_auto] sm:items-center sm:px-5">
        <Link
          to="/numbers/$number"
          params={{ number: line.number }}
          className="group -m-2 grid min-w-0 gap-1 rounded-lg p-2"
        >
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="font-semibold group-hover:underline">{line.label || <Phone value={line.number} />}</span>
            <LineState line={line} />
          </span>
          <span className="text-muted text-sm">
            {line.label && (
              <>
                <Phone value={line.number} />
                {' · '}
              </>
            )}
            {carrier ? carrierLabel(carrier) : line.carrier}
            {' · '}
            <Mode line={line} isPbx={carrier?.kind === 'generic'} />
          </span>
        </Link>
        <div className="pointer-coarse:py-2">
          <Switch
            label={
              <>
                Text-back<span className="sr-only"> of {name}</span>
              </>
            }
            checked={line.textBack.enabled}
            disabled={!isOwner}
            onChange={(enabled) => textBack.mutate({ line, enabled })}
          />
        </div>
      </div>
      {trouble && (
        <Note icon={CircleAlert} className="text-danger">
          <strong className="font-semibold">{trouble.sentence}</strong> {trouble.nextStep}{' '}
          <Link to="/numbers/$number" params={{ number: line.number }} search={{ tab: 'setup' }} className="underline">
            See its setup
          </Link>
        </Note>
      )}
      {line.advice.length > 0 && (
        <Note icon={Lightbulb} className="text-muted">
          {line.advice.length === 1 ? line.advice[0]!.message : `${line.advice.length} things could be better.`}{' '}
          <Link
            to="/numbers/$number"
            params={{ number: line.number }}
            search={{ tab: tabOfField(line.advice[0]!.field) }}
            className="underline"
          >
            Look<span className="sr-only"> at {name}</span>
          </Link>
        </Note>
      )}
    </li>
  )
}

function Note({ icon: Icon, className, children }: { icon: typeof Hash; className: string; children: ReactNode }) {
  return (
    <p className={`flex gap-2.5 border-border border-t px-4 py-3 text-sm sm:px-5 ${className}`}>
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>{children}</span>
    </p>
  )
}

function Mode({ line, isPbx }: { line: Line; isPbx: boolean }) {
  if (isPbx) return 'rings as your phone system has it'
  if (line.mode === 'cfna') return 'gets the calls that your own line misses'
  const target = line.forwardTo[0]
  return (
    <>
      rings {target ? <Phone value={target} /> : 'nobody yet'} for {line.ringSeconds} s
    </>
  )
}
