import { useEffect, useRef } from 'react'
import { Button } from './button.tsx'

type Props = { hasMore: boolean; pending: boolean; onMore(): void }

/** At the end of a list that has more pages: fetches the next when it comes into sight; a button for the keyboard. */
export function More({ hasMore, pending, onMore }: Props) {
  const button = useRef<HTMLDivElement>(null)
  const latest = useRef(onMore)
  latest.current = onMore
  useEffect(() => {
    // Observed anew after each page: one that does not push the end out of sight would never be followed by the next.
    if (!hasMore || pending || !button.current) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), {
      rootMargin: '600px',
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
