import { Command as Cmdk } from 'cmdk'
import { Check, ChevronsUpDown, Search } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { classes } from '../../parts/classes.ts'
import { Dialog } from '../../parts/dialog.tsx'
import type { ControlProps } from '../../parts/field.tsx'
import { controlLook } from '../../parts/input.tsx'

export type Choice = {
  value: string
  label: string /** At the right, muted: the time there, the code. */
  aside?: string
}

type Props = {
  /** What is being chosen: 'Time zone'. */
  label: string
  control?: ControlProps
  value: string | null
  choices: Choice[]
  disabled?: boolean
  /** The button's text instead of the chosen value: 'Add a country'. */
  children?: ReactNode
  onChange(value: string): void
}

/** One of very many: a button that opens a list with a search. */
export function Picker({ label, control, value, choices, disabled, children, onChange }: Props) {
  const [open, setOpen] = useState(false)
  const chosen = choices.find((choice) => choice.value === value)
  return (
    <>
      <button
        type="button"
        {...control}
        // The label alone would hide the chosen value from a screen reader.
        aria-label={children ? undefined : `${label}: ${chosen?.label ?? value}`}
        aria-haspopup="dialog"
        disabled={disabled}
        onClick={() => setOpen(true)}
        className={classes(
          controlLook,
          'flex h-10 items-center justify-between gap-2 text-left disabled:pointer-events-none pointer-coarse:h-11',
        )}
      >
        <span className="min-w-0 truncate">{children ?? chosen?.label ?? value}</span>
        <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-muted" />
      </button>
      <Dialog open={open} onClose={() => setOpen(false)} title={label}>
        <Cmdk label={label} loop defaultValue={value ?? undefined} className="-mx-2">
          <div className="flex items-center gap-3 border-border border-b px-3">
            <Search aria-hidden className="size-4 shrink-0 text-muted" />
            <Cmdk.Input
              placeholder="Search"
              className="h-11 min-w-0 flex-1 bg-transparent outline-none placeholder:text-muted"
            />
          </div>
          <Cmdk.List label={label} className="max-h-[min(22rem,50dvh)] overflow-y-auto py-2">
            <Cmdk.Empty className="px-3 py-8 text-center text-muted text-sm">Nothing is called so.</Cmdk.Empty>
            {choices.map((choice) => (
              <Cmdk.Item
                key={choice.value}
                value={choice.value}
                keywords={[choice.label]}
                onSelect={() => {
                  onChange(choice.value)
                  setOpen(false)
                }}
                className="flex min-h-10 cursor-default select-none items-center gap-3 rounded-lg px-3 text-sm data-[selected=true]:bg-hover pointer-coarse:min-h-11"
              >
                <span className="min-w-0 flex-1 truncate">{choice.label}</span>
                {choice.aside && <span className="text-muted tabular-nums">{choice.aside}</span>}
                <Check
                  aria-hidden
                  className={classes('size-4 shrink-0 text-accent', choice.value !== value && 'invisible')}
                />
              </Cmdk.Item>
            ))}
          </Cmdk.List>
        </Cmdk>
      </Dialog>
    </>
  )
}
