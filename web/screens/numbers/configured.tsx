import { CircleAlert, CircleCheck, RotateCw } from 'lucide-react'
import { useIsOwner } from '../../me.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Spinner } from '../../parts/spinner.tsx'
import { Time } from '../../parts/time.tsx'
import type { Line } from '../../types/numbers.ts'
import { useConfigure } from './data.ts'

/** What was set for the number at its carrier, step by step, live. */
export function Configured({ line }: { line: Line }) {
  const isOwner = useIsOwner()
  const configure = useConfigure(line.number)
  const { configured, configuredAt } = line
  return (
    <Card
      title="At the carrier"
      hint={
        configuredAt ? (
          <>
            Set by us, last <Time value={configuredAt} />
          </>
        ) : (
          'Set by us, as soon as the number is saved.'
        )
      }
      actions={
        isOwner && (
          <Button size="small" pending={configure.isPending} onClick={() => configure.mutate()}>
            {!configure.isPending && <RotateCw aria-hidden />}
            Set it again
          </Button>
        )
      }
    >
      <div aria-live="polite">
        {!configured ? (
          <p className="flex items-center gap-2 text-muted text-sm">
            <Spinner label="" /> Asking the carrier to send this number’s calls and texts here …
          </p>
        ) : (
          <ConfiguredSteps steps={configured.steps} />
        )}
      </div>
    </Card>
  )
}

export function ConfiguredSteps({ steps }: { steps: NonNullable<Line['configured']>['steps'] }) {
  return (
    <ul className="grid gap-3 text-sm">
      {steps.map(({ carrier, what, value, trouble }) => (
        <li key={carrier + what + value} className="flex gap-2.5">
          {trouble ? (
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-danger" />
          ) : (
            <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-success" />
          )}
          <div className="grid min-w-0 gap-0.5">
            <p>
              {what} <code className="break-all font-mono text-muted text-xs">{value}</code>
            </p>
            {trouble && (
              <p className="text-danger">
                {trouble.sentence} {trouble.nextStep}
                {trouble.code && <span className="text-muted"> (carrier’s code {trouble.code})</span>}
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}
