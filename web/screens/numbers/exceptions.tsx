import { CalendarPlus, X } from 'lucide-react'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { IconButton } from '../../parts/icon-button.tsx'
import { Input } from '../../parts/input.tsx'
import type { Hours } from './hours.tsx'
import { Periods } from './periods.tsx'

type Exception = Hours['exceptions'][number]

type Props = {
  exceptions: Exception[]
  error(...fields: string[]): string | null
  onChange(exceptions: Exception[]): void
}

/** Days that differ from their weekday: holidays, a long Saturday. */
export function Exceptions({ exceptions, error, onChange }: Props) {
  const put = (index: number, change: Partial<Exception>) =>
    onChange(exceptions.map((other, i) => (i === index ? { ...other, ...change } : other)))
  return (
    <Card
      title="Other days"
      hint="Holidays, a long Saturday. They replace the day’s usual hours."
      actions={
        <Button
          size="small"
          onClick={() => onChange([...exceptions, { date: nextFreeDay(exceptions), periods: [], note: '' }])}
        >
          <CalendarPlus aria-hidden />
          Add a day
        </Button>
      }
      className="p-0"
    >
      {exceptions.length === 0 ? (
        <p className="px-4 py-4 text-muted text-sm sm:px-5">
          None. Add the next holiday, so that its callers read the after-hours text.
        </p>
      ) : (
        <ul className="divide-y divide-border">
          {exceptions.map(({ date, periods, note }, index) => {
            const at = `hours.exceptions[${index}]`
            const name = note || date || `Day ${index + 1}`
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: its date changes while one writes it
              <li key={index} className="grid gap-3 px-4 py-4 sm:grid-cols-[1fr_1fr] sm:px-5">
                <div className="grid content-start gap-2">
                  <div className="flex items-center gap-1.5">
                    <Input
                      type="date"
                      aria-label={`Date of ${name}`}
                      aria-invalid={error(`${at}.date`) ? true : undefined}
                      className="w-40! px-2!"
                      value={date}
                      onChange={(event) => put(index, { date: event.target.value })}
                    />
                    <IconButton
                      icon={X}
                      label={`Remove ${name}`}
                      onClick={() => onChange(exceptions.filter((_, i) => i !== index))}
                    />
                  </div>
                  {error(`${at}.date`) && <p className="text-danger text-sm">The date {error(`${at}.date`)}.</p>}
                  <Input
                    aria-label={`Name of ${date || name}`}
                    placeholder="What day it is: Thanksgiving"
                    maxLength={80}
                    value={note}
                    onChange={(event) => put(index, { note: event.target.value })}
                  />
                </div>
                <Periods
                  of={name}
                  periods={periods}
                  error={error(`${at}.periods`)}
                  errorOf={(i) => error(`${at}.periods[${i}]`, `${at}.periods[${i}][0]`, `${at}.periods[${i}][1]`)}
                  onChange={(changed) => put(index, { periods: changed })}
                />
              </li>
            )
          })}
        </ul>
      )}
    </Card>
  )
}

/** Tomorrow, or the first later day without an exception. */
function nextFreeDay(exceptions: Exception[]): string {
  const taken = new Set(exceptions.map(({ date }) => date))
  const day = new Date()
  do day.setDate(day.getDate() + 1)
  while (taken.has(isoDate(day)))
  return isoDate(day)
}

const isoDate = (day: Date): string =>
  [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
