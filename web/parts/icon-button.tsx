import type { LucideIcon } from 'lucide-react'
import type { ComponentProps } from 'react'
import { classes } from './classes.ts'
import { Tooltip } from './tooltip.tsx'

type Props = Omit<ComponentProps<'button'>, 'children'> & {
  icon: LucideIcon
  /** The action, for the tooltip and the screen reader. */
  label: string
  /** The key that does the same, for the tooltip: 'e'. */
  shortcut?: string
}

export function IconButton({ icon: Icon, label, shortcut, className, type = 'button', ...rest }: Props) {
  return (
    <Tooltip text={label} shortcut={shortcut}>
      <button
        type={type}
        aria-label={label}
        className={classes(
          'inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-muted transition-colors hover:bg-hover hover:text-text pointer-coarse:size-11',
          'disabled:pointer-events-none disabled:opacity-50 aria-pressed:bg-accent-soft aria-pressed:text-accent',
          className,
        )}
        {...rest}
      >
        <Icon aria-hidden className="size-[1.125rem]" />
      </button>
    </Tooltip>
  )
}
