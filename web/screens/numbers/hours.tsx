import { DAYS, isOpen } from '../../../src/domain/openHours.ts'
import { useIsOwner, useMe } from '../../me.ts'
import { useNow } from '../../now.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Menu, MenuItem } from '../../parts/menu.tsx'
import type { Line } from '../../types/numbers.ts'
import { Choice } from './choice.tsx'

import type { Draft } from './draft.ts'
import { Exceptions } from './exceptions.tsx'
import { Periods } from './periods.tsx'

export type Hours = NonNullable<Line['hours']>
type Day = (typeof DAYS)[number]

const dayNames: Record<Day, string> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
}

const workday: [string, string][] = [['08:00', '17:00']]

const usual: Hours = {
  days: { mon: workday, tue: workday, wed: workday, thu: workday, fri: workday, sat: [], sun: [] },
  exceptions: [],
}

/** The opening hours: the text's words may depend on them; whether it is sent does not. */
export function HoursTab({ draft }: { draft: Draft }) {
  const isOwner = useIsOwner()
  const { hours } = draft.line
  const set = (changed: Hours | null) => draft.set({ hours: changed })
  const { account } = useMe()
  return (
    <fieldset disabled={!isOwner} className="grid min-w-0 max-w-3xl gap-5">
      <Choice
        label="When people are in"
        value={hours ? 'hours' : 'always'}
        onChange={(chosen) => set(chosen === 'hours' ? (draft.saved.hours ?? usual) : null)}
        className="sm:grid-cols-2"
        choices={[
          {
            value: 'always',
            title: 'The same day and night',
            children: 'Every missed call gets the same text, whenever it comes.',
          },
          {
            value: 'hours',
            title: 'By our hours',
            children: 'After hours the text may say something else. It leaves all the same, at once.',
          },
        ]}
      />
      {hours && (
        <>
          <Card
            title="Each week"
            hint={<WallClock timezone={account.timezone} />}
            actions={<OpenNow hours={hours} timezone={account.timezone} />}
            className="p-0"
          >
            <ul className="divide-y divide-border">
              {DAYS.map((day) => (
                <li
                  key={day}
                  className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 px-4 py-3 sm:grid-cols-[7rem_1fr_auto] sm:px-5"
                >
                  <span className="pt-2 font-medium text-sm pointer-coarse:pt-3">{dayNames[day]}</span>
                  <div className="order-last col-span-2 sm:order-none sm:col-span-1">
                    <Periods
                      of={dayNames[day]}
                      periods={hours.days[day]}
                      errorOf={(index) =>
                        draft.error(
                          `hours.days.${day}[${index}]`,
                          `hours.days.${day}[${index}][0]`,
                          `hours.days.${day}[${index}][1]`,
                        )
                      }
                      error={draft.error(`hours.days.${day}`)}
                      onChange={(periods) => set({ ...hours, days: { ...hours.days, [day]: periods } })}
                    />
                  </div>
                  <Menu
                    trigger={
                      <Button kind="quiet" size="small" className="justify-self-start">
                        Copy<span className="sr-only"> {dayNames[day]}</span>
                      </Button>
                    }
                  >
                    <MenuItem onSelect={() => set(copied(hours, day, ['mon', 'tue', 'wed', 'thu', 'fri']))}>
                      To Monday to Friday
                    </MenuItem>
                    <MenuItem onSelect={() => set(copied(hours, day, DAYS))}>To every day</MenuItem>
                    {DAYS.filter((other) => other !== day).map((other) => (
                      <MenuItem key={other} onSelect={() => set(copied(hours, day, [other]))}>
                        To {dayNames[other]}
                      </MenuItem>
                    ))}
                  </Menu>
                </li>
              ))}
            </ul>
          </Card>
          <Exceptions
            exceptions={hours.exceptions}
            error={draft.error}
            onChange={(exceptions) => set({ ...hours, exceptions })}
          />
        </>
      )}
    </fieldset>
  )
}

function OpenNow({ hours, timezone }: { hours: Hours; timezone: string }) {
  const now = useNow()
  return isOpen(hours, new Date(now), timezone) ? <Badge tone="success">Open now</Badge> : <Badge>Closed now</Badge>
}

function WallClock({ timezone }: { timezone: string }) {
  const now = useNow()
  const time = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    weekday: 'long',
    hour: 'numeric',
    minute: '2-digit',
  })
  return `By the clock on your wall: ${time.format(now)} (${timezone.replaceAll('_', ' ')}).`
}

function copied(hours: Hours, from: Day, to: readonly Day[]): Hours {
  return { ...hours, days: { ...hours.days, ...Object.fromEntries(to.map((day) => [day, hours.days[from]])) } }
}
