import type { ControlProps } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'

type Props = {
  control: ControlProps
  label: string
  value: number
  min: number
  max: number
  onChange(seconds: number): void
}

/** Seconds by slider or by typing, kept equal. */
export function Seconds({ control, label, value, min, max, onChange }: Props) {
  return (
    <div className="flex items-center gap-4">
      <input
        type="range"
        aria-label={`${label}, slider`}
        min={min}
        max={max}
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
        className="h-11 min-w-0 flex-1 accent-accent sm:h-8"
      />
      <span className="flex shrink-0 items-center gap-2 text-muted text-sm">
        <Input
          {...control}
          type="number"
          inputMode="numeric"
          className="w-20! text-right tabular-nums"
          value={Number.isNaN(value) ? '' : value}
          onChange={(event) => onChange(event.target.value === '' ? Number.NaN : Number(event.target.value))}
        />
        s
      </span>
    </div>
  )
}
