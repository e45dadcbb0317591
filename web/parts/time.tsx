import { useQuery } from '@tanstack/react-query'
import { meQuery } from '../me.ts'
import { useNow } from '../now.ts'
import { clockTime, dayAndClock, exactTime, relativeTime } from '../times.ts'
import { classes } from './classes.ts'
import { Tooltip } from './tooltip.tsx'

/** The formats: 'Yesterday'; in a log 'Yesterday, 3:40 PM'; under a heading with the day, '3:40 PM'. */
const words = {
  relative: relativeTime,
  dayAndClock,
  clock: (value: string, _: number, zone?: string) => clockTime(value, zone),
}

type Props = { value: string; plain?: boolean; as?: keyof typeof words }

/**
 * A moment, relative and kept current; hover and focus show the exact time in the account's time zone. `plain` is for
 * links, buttons and long lists, where it takes no focus of its own.
 */
export function Time({ value, plain, as = 'relative' }: Props) {
  const now = useNow()
  const timeZone = useQuery(meQuery).data?.account.timezone
  const exact = exactTime(value, timeZone)
  const look = classes('tabular-nums', as !== 'dayAndClock' && 'whitespace-nowrap')
  const said = words[as](value, now, timeZone)
  if (plain)
    return (
      <time dateTime={value} title={exact} className={look}>
        {said}
      </time>
    )
  return (
    <Tooltip text={exact}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the exact time must be within the keyboard's reach */}
      <time dateTime={value} tabIndex={0} className={classes(look, 'rounded')}>
        {said}
      </time>
    </Tooltip>
  )
}
