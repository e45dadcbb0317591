import type { ComponentProps } from 'react'
import { Input } from '../../parts/input.tsx'

export function MoneyInput({ sign, ...rest }: { sign: string } & ComponentProps<'input'>) {
  return (
    <span className="relative block">
      <span aria-hidden className="absolute top-1/2 left-3 -translate-y-1/2 text-muted">
        {sign}
      </span>
      <Input inputMode="decimal" autoComplete="off" {...rest} className={sign ? 'pl-7' : undefined} />
    </span>
  )
}
