import type { LucideIcon } from 'lucide-react'
import { RadioGroup } from 'radix-ui'
import type { ReactNode } from 'react'
import { classes } from '../../parts/classes.ts'

type Props<T extends string> = {
  label: string
  value: T | null
  choices: { value: T; title: string; icon?: LucideIcon; children: ReactNode }[]
  onChange(value: T): void
  className?: string
}

/** One of a few, each with an explanation. Arrow keys move. */
export function Choice<T extends string>({ label, value, choices, onChange, className }: Props<T>) {
  return (
    <RadioGroup.Root
      aria-label={label}
      value={value}
      onValueChange={(chosen) => onChange(chosen as T)}
      className={classes('grid gap-3', className)}
    >
      {choices.map(({ value, title, icon: Icon, children }) => (
        <RadioGroup.Item
          key={value}
          value={value}
          className="group flex items-start gap-3 rounded-xl border border-border bg-surface p-4 text-left transition-colors hover:border-border-strong disabled:opacity-60 data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
        >
          {Icon ? (
            <Icon aria-hidden className="mt-0.5 size-5 shrink-0 text-muted group-data-[state=checked]:text-accent" />
          ) : (
            <span className="mt-1 flex size-4 shrink-0 items-center justify-center rounded-full border border-border-strong group-data-[state=checked]:border-accent">
              <RadioGroup.Indicator className="size-2 rounded-full bg-accent" />
            </span>
          )}
          <span className="grid gap-0.5">
            <span className="font-semibold">{title}</span>
            <span className="text-muted text-sm">{children}</span>
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  )
}
