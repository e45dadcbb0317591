import { BellOff } from 'lucide-react'

/** Beside somebody's name: they get no more texts. Follows other words, for those who hear it. */
export function OptedOut() {
  return (
    <span title="Opted out of texts" className="shrink-0 text-danger">
      <BellOff aria-hidden className="size-3.5" />
      <span className="sr-only">, opted out of texts</span>
    </span>
  )
}
