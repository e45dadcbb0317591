import { TriangleAlert } from 'lucide-react'
import { Time } from '../../parts/time.tsx'
import type { Today } from './types.ts'

type Left = NonNullable<Today['leftBehind']>

/** An alert above everything: texts or calls that should have moved on by themselves, and did not. */
export function LeftBehind({ left }: { left: Left }) {
  return (
    <section
      role="alert"
      aria-label="Something does not move"
      className="flex gap-3 rounded-xl bg-danger-soft px-4 py-3 text-danger text-sm sm:px-5"
    >
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <p>
        <strong className="font-semibold">
          {what(left)} since <Time value={left.since} as="clock" />.
        </strong>{' '}
        Nothing is lost, and it is tried again every minute. If this stays, the person who runs Textback finds the
        reason in its log, under “left behind”.
      </p>
    </section>
  )
}

function what({ texts, calls }: Left): string {
  const parts = [
    texts > 0 && (texts === 1 ? 'One text has not left' : `${texts} texts have not left`),
    calls > 0 && (calls === 1 ? 'one call is undecided' : `${calls} calls are undecided`),
  ].filter((part) => part !== false)
  const sentence = parts.join(', and ')
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
