import type { ComponentProps } from 'react'
import { classes } from './classes.ts'
import { controlLook } from './input.tsx'

/** Grows with its text where the browser can (field-sizing). */
export function Textarea({ className, rows = 3, ...rest }: ComponentProps<'textarea'>) {
  return (
    <textarea
      rows={rows}
      className={classes(controlLook, 'field-sizing-content min-h-20 resize-y py-2', className)}
      {...rest}
    />
  )
}
