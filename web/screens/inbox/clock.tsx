import { useMe } from '../../me.ts'
import { clockTime, exactTime } from '../../times.ts'

/** The time of day, under a heading that says the day; all of it on hover. */
export function Clock({ value }: { value: string }) {
  const { timezone } = useMe().account
  return (
    <time dateTime={value} title={exactTime(value, timezone)} className="whitespace-nowrap tabular-nums">
      {clockTime(value, timezone)}
    </time>
  )
}
