import { useMe } from '../../me.ts'
import { clockTime, exactTime } from '../../times.ts'

/** The time of day, under a heading with the day; hover shows the full time. */
export function Clock({ value }: { value: string }) {
  const { timezone } = useMe().account
  return (
    <time dateTime={value} title={exactTime(value, timezone)} className="whitespace-nowrap tabular-nums">
      {clockTime(value, timezone)}
    </time>
  )
}
