// biome-ignore-all lint/a11y/noRedundantRoles: `display: grid` takes the roles of a table away
import { Link } from '@tanstack/react-router'
import { classes } from '../../parts/classes.ts'
import { Phone } from '../../parts/phone.tsx'
import { Time } from '../../parts/time.tsx'
import { duration } from '../../times.ts'
import type { Call } from '../../types/calls.ts'
import { outcomeWord, whyMissed } from '../../words.ts'
import { DecisionLine } from './decision.tsx'
import { OutcomeIcon } from './outcome.tsx'

/** The times need 6rem in two lines and 9rem in one. With seven columns no width is left for the caller's name. */
const columns =
  'sm:grid-cols-[minmax(0,1.5fr)_minmax(0,1.1fr)_minmax(0,1.7fr)_6rem] ' +
  'xl:grid-cols-[minmax(0,1.4fr)_minmax(0,1.1fr)_minmax(0,0.9fr)_4.5rem_5rem_minmax(0,2.2fr)_9rem]'

/** The log's rows; on a phone two lines each. A row opens its call at the side. */
export function Rows({ calls, labels }: { calls: Call[]; labels: Map<string, string> }) {
  return (
    <table role="table" aria-label="Calls" className="block overflow-hidden rounded-xl border border-border bg-surface">
      <thead role="rowgroup" className="block">
        <tr
          role="row"
          className={classes(
            'border-border border-b px-4 [&_th]:font-medium text-muted text-xs max-sm:sr-only sm:grid sm:h-10 sm:items-center sm:gap-4',
            columns,
          )}
        >
          <th role="columnheader" scope="col" className="text-left">
            Caller
          </th>
          <th role="columnheader" scope="col" className="text-left">
            Outcome
          </th>
          <th role="columnheader" scope="col" className="hidden text-left xl:block">
            Line
          </th>
          <th role="columnheader" scope="col" className="hidden text-left xl:block">
            Rang
          </th>
          <th role="columnheader" scope="col" className="hidden text-left xl:block">
            Talked
          </th>
          <th role="columnheader" scope="col" className="text-left">
            Text-back
          </th>
          <th role="columnheader" scope="col" className="sm:text-right">
            When
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup" className="block divide-y divide-border">
        {calls.map((call) => (
          <Row key={call.id} call={call} label={labels.get(call.number)} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ call, label }: { call: Call; label: string | undefined }) {
  const why = whyMissed(call)
  return (
    <tr
      role="row"
      className={classes(
        'relative grid grid-cols-[1fr_auto] items-center gap-x-4 px-4 py-3 text-sm hover:bg-hover sm:min-h-14 sm:py-2',
        // Rows out of sight are not laid out, because a log is long.
        '[contain-intrinsic-size:auto_3.5rem] [content-visibility:auto]',
        columns,
      )}
    >
      <td role="cell" className="flex min-w-0 items-center gap-3">
        <OutcomeIcon call={call} />
        <span className="min-w-0">
          <Link
            to="/calls"
            search={(now) => ({ ...now, call: call.id })}
            resetScroll={false}
            data-call
            className="block truncate font-medium text-base outline-offset-[-2px] after:absolute after:inset-0 sm:text-sm"
          >
            {call.contactName ?? <Phone value={call.from} />}
          </Link>
          {call.contactName && (
            <span className="text-muted text-xs max-sm:hidden">
              <Phone value={call.from} />
            </span>
          )}
        </span>
      </td>
      <td role="cell" className="truncate max-sm:col-start-1 max-sm:row-start-2 max-sm:pl-12">
        {outcomeWord(call)}
        {why && <span className="text-muted"> · {why}</span>}
      </td>
      <td role="cell" className="hidden truncate text-muted xl:block">
        {label || <Phone value={call.number} />}
      </td>
      <td role="cell" className="hidden text-muted tabular-nums xl:block">
        <Seconds value={call.ringSeconds} />
      </td>
      <td role="cell" className="hidden text-muted tabular-nums xl:block">
        <Seconds value={call.durationSeconds} />
      </td>
      <td role="cell" className="min-w-0 max-sm:col-span-2 max-sm:row-start-3 max-sm:pl-12">
        <DecisionLine call={call} />
      </td>
      <td role="cell" className="text-right text-muted text-xs max-sm:col-start-2 max-sm:row-start-1 sm:text-sm">
        {/* Above the link that covers the row, for the exact time on hover. */}
        <span className="relative">
          <Time value={call.startedAt} plain as="dayAndClock" />
        </span>
      </td>
    </tr>
  )
}

export function Seconds({ value }: { value: number | null }) {
  if (value !== null) return duration(value)
  return (
    <>
      <span aria-hidden>–</span>
      <span className="sr-only">None</span>
    </>
  )
}
