import { UserRound } from 'lucide-react'
import { classes } from './classes.ts'

/** A person's initials; a silhouette without a name. Hidden from screen readers: the name is beside it. */
export function Avatar({ name, size = 'normal' }: { name: string | null; size?: 'small' | 'normal' | 'large' }) {
  const sizes = { small: 'size-7 text-[0.6875rem]', normal: 'size-9 text-xs', large: 'size-14 text-lg' }
  return (
    <span
      aria-hidden
      className={classes(
        'inline-flex shrink-0 select-none items-center justify-center rounded-full bg-accent-soft font-semibold text-accent',
        sizes[size],
      )}
    >
      {initials(name) || <UserRound className="size-1/2" />}
    </span>
  )
}

function initials(name: string | null): string {
  const words = (name ?? '')
    .trim()
    .split(/\s+/)
    .filter((word) => /^\p{L}/u.test(word))
  const ends = words.length > 1 ? [words[0]!, words.at(-1)!] : words
  return ends.map((word) => [...word][0]!.toUpperCase()).join('')
}
