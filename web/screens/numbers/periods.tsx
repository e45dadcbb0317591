import { CircleAlert, Plus, X } from 'lucide-react'
import { Button } from '../../parts/button.tsx'
import { IconButton } from '../../parts/icon-button.tsx'
import { Input } from '../../parts/input.tsx'

type Period = [from: string, to: string]

type Props = {
  /** The day: 'Monday'. */
  of: string
  periods: Period[]
  error: string | null
  errorOf(index: number): string | null
  onChange(periods: Period[]): void
}

/** The server's limit. */
const MOST_PERIODS = 6

/** The periods of a day; an empty list means closed. */
export function Periods({ of, periods, error, errorOf, onChange }: Props) {
  const put = (index: number, period: Period) => onChange(periods.map((other, i) => (i === index ? period : other)))
  return (
    <div className="grid content-start gap-2">
      {periods.length === 0 && <p className="pt-2 text-muted text-sm">Closed</p>}
      {periods.map(([from, to], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a period is its place in the day
        <div key={index} className="grid gap-1">
          <div className="flex items-center gap-1.5">
            <Input
              type="time"
              aria-label={`${of}, period ${index + 1} from`}
              aria-invalid={errorOf(index) ? true : undefined}
              className="w-32! px-2!"
              value={from}
              onChange={(event) => put(index, [event.target.value, to])}
            />
            <span className="text-muted text-sm">to</span>
            <Input
              type="time"
              aria-label={`${of}, period ${index + 1} to`}
              aria-invalid={errorOf(index) ? true : undefined}
              className="w-32! px-2!"
              // Midnight at the end of a day is 24:00 to the server, which no time field can show.
              value={to === '24:00' ? '00:00' : to}
              onChange={(event) => put(index, [from, event.target.value === '00:00' ? '24:00' : event.target.value])}
            />
            <IconButton
              icon={X}
              label={`Remove ${of}, period ${index + 1}`}
              onClick={() => onChange(periods.filter((_, i) => i !== index))}
            />
          </div>
          <Fault of={of} message={errorOf(index)} />
        </div>
      ))}
      <Fault of={of} message={error} />
      {periods.length < MOST_PERIODS && (
        <Button
          kind="quiet"
          size="small"
          className="-ml-2.5 justify-self-start text-accent"
          onClick={() => onChange([...periods, nextPeriod(periods)])}
        >
          <Plus aria-hidden />
          {periods.length === 0 ? 'Open' : 'Another period'}
          <span className="sr-only"> on {of}</span>
        </Button>
      )}
    </div>
  )
}

function Fault({ of, message }: { of: string; message: string | null }) {
  if (!message) return null
  return (
    <p role="alert" className="flex items-start gap-1.5 text-danger text-sm">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      {of} {message}.
    </p>
  )
}

/** The period after the last one: the afternoon after a morning. */
function nextPeriod(periods: Period[]): Period {
  const last = periods.at(-1)
  if (!last) return ['08:00', '17:00']
  const hour = Number(last[1].slice(0, 2))
  const clock = (hours: number) => (hours >= 24 ? '24:00' : `${String(hours).padStart(2, '0')}:00`)
  return [clock(Math.min(hour + 1, 23)), clock(Math.min(hour + 5, 24))]
}
