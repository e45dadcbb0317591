import { useConnected } from '../live.ts'

/** Shows, quietly, that live changes are not arriving. */
export function LiveIndicator() {
  const connected = useConnected()
  return (
    <div role="status" className="pointer-events-none sticky top-0 z-30 flex h-0 justify-center">
      {!connected && (
        <span className="mt-2 flex h-7 animate-fade items-center gap-2 rounded-full border border-border bg-raised px-3 text-muted text-xs">
          <span aria-hidden className="size-2 animate-pulse rounded-full bg-warning" />
          Not live: reconnecting …
        </span>
      )}
    </div>
  )
}
