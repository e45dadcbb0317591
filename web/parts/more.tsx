import { useEffect, useRef } from 'react'
import { Button } from './button.tsx'

type Props = { hasMore: boolean; pending: boolean; onMore(): void }

/** So near the end of what is there the next page is fetched, so that who scrolls on does not wait for it. */
const AHEAD = '600px 0px'

/** At the end of a list that has more pages: fetches the next when it comes near; a button for the keyboard. */
export function More({ hasMore, pending, onMore }: Props) {
  const button = useRef<HTMLDivElement>(null)
  const latest = useRef(onMore)
  latest.current = onMore
  useEffect(() => {
    // Observed anew after each page: one that does not push the end out of sight would never be followed by the next.
    if (!hasMore || pending || !button.current) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), {
      // A root's margin is for the window only: `main`, which scrolls, cuts off what is outside of it before that.
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
