import { RadioGroup } from 'radix-ui'
import type { ReactNode } from 'react'

type Props<T extends string> = {
  label: string
  value: T
  choices: { value: T; label: ReactNode }[]
  onChange(value: NoInfer<T>): void
}

/** One of two to four visible choices. Arrow keys move. */
export function Segmented<T extends string>({ label, value, choices, onChange }: Props<T>) {
  return (
    <RadioGroup.Root
      aria-label={label}
      value={value}
      onValueChange={(chosen) => onChange(chosen as T)}
      orientation="horizontal"
      className="inline-flex w-fit max-w-full gap-0.5 overflow-x-auto rounded-lg bg-hover p-0.5"
    >
      {choices.map(({ value, label }) => (
        <RadioGroup.Item
          key={value}
          value={value}
          className="h-8 shrink-0 whitespace-nowrap rounded-md border border-transparent px-3 font-medium text-muted text-sm transition-colors hover:text-text data-[state=checked]:border-border data-[state=checked]:bg-surface data-[state=checked]:text-text pointer-coarse:h-10"
        >
          {label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  )
}
