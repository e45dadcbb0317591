import { Check } from 'lucide-react'
import { Checkbox as Radix } from 'radix-ui'
import { type ReactNode, useId } from 'react'

type Props = { label: ReactNode; checked: boolean; disabled?: boolean; onChange(checked: boolean): void }

export function Checkbox({ label, checked, disabled, onChange }: Props) {
  const id = useId()
  return (
    <div className="flex min-h-6 items-center gap-2.5 pointer-coarse:min-h-11">
      <Radix.Root
        id={id}
        checked={checked}
        disabled={disabled}
        onCheckedChange={(value) => onChange(value === true)}
        className="relative flex size-[1.125rem] shrink-0 items-center justify-center rounded border border-border-strong bg-surface before:absolute before:-inset-2 disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      >
        <Radix.Indicator>
          <Check aria-hidden className="size-3.5 text-accent-text" strokeWidth={3} />
        </Radix.Indicator>
      </Radix.Root>
      <label htmlFor={id} className="text-sm">
        {label}
      </label>
    </div>
  )
}
