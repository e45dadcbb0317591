import { useEffect, useRef } from 'react'
import { Button } from './button.tsx'

type Props = { hasMore: boolean; pending: boolean; onMore(): void }

/** How near the end the next page is fetched, so that scrolling does not wait for it. */
const AHEAD = '600px 0px'

/** At the end of a list that has more pages: fetches the next when it comes near; a button for the keyboard. */
export function More({ hasMore, pending, onMore }: Props) {
  const button = useRef<HTMLDivElement>(null)
  const latest = useRef(onMore)
  latest.current = onMore
  useEffect(() => {
    // Observed again after each page: a page too short to push the end out of sight would otherwise be the last.
    if (!hasMore || pending || !button.current) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), {
      // A root margin works for the window only: `main`, which scrolls, would clip it.
      rootMargin: AHEAD,
      scrollMargin: AHEAD,
    })
    observer.observe(button.current)
    return () => observer.disconnect()
  }, [hasMore, pending])
  if (!hasMore) return null
  return (
    <div ref={button} className="flex justify-center py-3">
      <Button kind="quiet" size="small" pending={pending} onClick={onMore}>
        Show more
      </Button>
    </div>
  )
}
