import type { ComponentProps } from 'react'
import { classes } from './classes.ts'

export const controlLook =
  'w-full rounded-lg border border-border-strong/60 bg-surface px-3 text-text transition-colors placeholder:text-muted hover:border-border-strong ' +
  'focus:border-accent focus:outline-2 focus:outline-accent/40 focus:outline-offset-0 disabled:opacity-60 aria-invalid:border-danger'

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input className={classes(controlLook, 'h-10 pointer-coarse:h-11', className)} {...rest} />
}
