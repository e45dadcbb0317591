import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { FlaskConical } from 'lucide-react'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Spinner } from '../../parts/spinner.tsx'
import type { Line } from '../../types/numbers.ts'
import { ConfiguredSteps } from './configured.tsx'
import { carriersQuery, numbersQuery, useConfigure, useLineName } from './data.ts'
import { LineState } from './line-state.tsx'

/** Numbers just saved, while they are set up at their carrier. */
export function SavedNumbers({ numbers }: { numbers: string[] }) {
  const lines = useQuery(numbersQuery).data?.filter(({ number }) => numbers.includes(number)) ?? []
  return (
    <div aria-live="polite" className="grid gap-5">
      {lines.map((line) => (
        <SavedNumber key={line.number} line={line} />
      ))}
    </div>
  )
}

function SavedNumber({ line }: { line: Line }) {
  const name = useLineName()(line)
  const configure = useConfigure(line.number)
  const kind = useQuery(carriersQuery).data?.find(({ id }) => id === line.carrier)?.kind
  return (
    <Card title={name} actions={<LineState line={line} />}>
      <div className="grid gap-4">
        {line.configured ? (
          <ConfiguredSteps steps={line.configured.steps} />
        ) : (
          <p className="flex items-center gap-2 text-muted text-sm">
            <Spinner label="" /> Saved. Asking the carrier to send its calls and texts here …
          </p>
        )}
        <div className="flex flex-wrap gap-2">
          {line.configured && !line.configured.ok && (
            <Button size="small" pending={configure.isPending} onClick={() => configure.mutate()}>
              Try again
            </Button>
          )}
          <Button size="small" asChild>
            <Link to="/numbers/$number" params={{ number: line.number }}>
              Write its text
            </Link>
          </Button>
          {line.mode === 'cfna' && kind !== 'generic' && (
            <Button size="small" asChild>
              <Link to="/numbers/$number" params={{ number: line.number }} search={{ tab: 'calls' }}>
                Forwarding codes
              </Link>
            </Button>
          )}
          <Button size="small" asChild>
            <Link to="/numbers/$number" params={{ number: line.number }} search={{ tab: 'test' }}>
              <FlaskConical aria-hidden />
              Test it now
            </Link>
          </Button>
        </div>
      </div>
    </Card>
  )
}
