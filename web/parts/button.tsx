import { Slot } from 'radix-ui'
import type { ComponentProps } from 'react'
import { classes } from './classes.ts'
import { Spinner } from './spinner.tsx'

type Props = ComponentProps<'button'> & {
  /** At most one primary on a screen. */
  kind?: 'primary' | 'secondary' | 'quiet' | 'link' | 'danger'
  size?: 'small' | 'normal' | 'large'
  /** Shows that the action is running, and ignores a second press. */
  pending?: boolean
  /** Renders its child (a Link, an `<a href="tel:…">`) as the button. */
  asChild?: boolean
}

const kinds = {
  primary: 'bg-accent text-accent-text hover:bg-accent-hover',
  secondary: 'border border-border bg-surface text-text hover:bg-hover',
  quiet: 'text-muted hover:bg-hover hover:text-text',
  link: 'text-accent hover:bg-accent-soft',
  danger: 'bg-danger text-danger-text hover:bg-danger-hover',
}

// A thumb needs 44 px; a mouse does not.
const sizes = {
  small: 'h-8 gap-1.5 px-2.5 text-sm pointer-coarse:h-11 pointer-coarse:px-3.5',
  normal: 'h-9 gap-2 px-3.5 text-sm pointer-coarse:h-11 pointer-coarse:px-4',
  large: 'h-11 gap-2 px-4 text-base',
}

export function Button({ kind = 'secondary', size = 'normal', pending = false, asChild, className, ...rest }: Props) {
  const { children, type = 'button', disabled, onClick, ...more } = rest
  const look = classes(
    'inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-lg font-medium transition-colors',
    'disabled:pointer-events-none disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
    kinds[kind],
    sizes[size],
    className,
  )
  if (asChild)
    return (
      <Slot.Root className={look} onClick={onClick as never} {...(more as object)}>
        {children}
      </Slot.Root>
    )
  return (
    // Not `disabled` while pending: the button would lose the focus.
    <button
      type={type}
      className={classes(look, pending && 'opacity-70')}
      disabled={disabled}
      aria-disabled={pending || undefined}
      onClick={pending ? (event) => event.preventDefault() : onClick}
      {...more}
    >
      {pending && <Spinner label="Working" />}
      {children}
    </button>
  )
}
