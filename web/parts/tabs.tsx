import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'

type Tab = { value: string; label: ReactNode; content: ReactNode }

/** Parts of one thing, shown one at a time. A part with its own address is a link instead. */
export function Tabs({
  label,
  tabs,
  value,
  onChange,
}: {
  label: string
  tabs: Tab[]
  value?: string
  onChange?(value: string): void
}) {
  return (
    <Radix.Root defaultValue={tabs[0]?.value} value={value} onValueChange={onChange}>
      <Radix.List aria-label={label} className="flex gap-5 overflow-x-auto border-border border-b">
        {tabs.map(({ value, label }) => (
          <Radix.Trigger
            key={value}
            value={value}
            className="-mb-px h-10 shrink-0 border-transparent border-b-2 font-medium text-muted text-sm transition-colors hover:text-text data-[state=active]:border-accent data-[state=active]:text-text pointer-coarse:h-11"
          >
            {label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map(({ value, content }) => (
        <Radix.Content key={value} value={value} className="pt-5">
          {content}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}
