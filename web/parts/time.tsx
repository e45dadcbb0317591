import { useQuery } from '@tanstack/react-query'
import { meQuery } from '../me.ts'
import { useNow } from '../now.ts'
import { exactTime, relativeTime } from '../times.ts'
import { Tooltip } from './tooltip.tsx'

/**
 * A moment, relative and kept so; the exact time of the account's time zone on hover and focus. `plain` inside links,
 * buttons and long lists, where it takes no focus of its own.
 */
export function Time({ value, plain }: { value: string; plain?: boolean }) {
  const now = useNow()
  const timeZone = useQuery(meQuery).data?.account.timezone
  const exact = exactTime(value, timeZone)
  const relative = relativeTime(value, now, timeZone)
  if (plain)
    return (
      <time dateTime={value} title={exact} className="whitespace-nowrap tabular-nums">
        {relative}
      </time>
    )
  return (
    <Tooltip text={exact}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the exact time must be within the keyboard's reach */}
      <time dateTime={value} tabIndex={0} className="whitespace-nowrap rounded tabular-nums">
        {relative}
      </time>
    </Tooltip>
  )
}
