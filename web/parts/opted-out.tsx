import { BellOff } from 'lucide-react'

/** Beside a person's name: they get no more texts. Read after other words by a screen reader. */
export function OptedOut() {
  return (
    <span title="Opted out of texts" className="shrink-0 text-danger">
      <BellOff aria-hidden className="size-3.5" />
      <span className="sr-only">, opted out of texts</span>
    </span>
  )
}
