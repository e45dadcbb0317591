import { useSyncExternalStore } from 'react'

/** Tailwind's `sm`: from this width on the columns are side by side. */
const wide = matchMedia('(min-width: 40rem)')

export function useIsWide(): boolean {
  return useSyncExternalStore(
    (watch) => {
      wide.addEventListener('change', watch)
      return () => wide.removeEventListener('change', watch)
    },
    () => wide.matches,
  )
}
