import { roomOf, useMeasured } from '../../measure.ts'
import { classes } from '../../parts/classes.ts'

/** The longest body that every carrier takes; the server has the same limit. */
export const LONGEST_BODY = 1600

/** The room left, the cost, and the characters that raise it. */
export function SegmentCounter({ body }: { body: string }) {
  const measured = useMeasured(body)
  if (!measured) return <span />
  const { segments, characters, encoding, notGsm } = measured
  const isTooLong = body.length > LONGEST_BODY
  return (
    <span className={classes('min-w-0 tabular-nums', isTooLong && 'text-danger')}>
      {isTooLong ? (
        `${body.length - LONGEST_BODY} characters too long: a text has ${LONGEST_BODY} at most`
      ) : (
        <>
          {characters}/{roomOf(measured)} · {segments} {segments === 1 ? 'segment' : 'segments'} · {encoding}
          {notGsm.length > 0 && (
            <>
              {' '}
              because of <span className="text-text">{notGsm.slice(0, 6).join(' ')}</span>
              {notGsm.length > 6 && ' …'}
            </>
          )}
        </>
      )}
    </span>
  )
}
