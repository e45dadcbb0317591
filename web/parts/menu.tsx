import { Check, type LucideIcon } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'
import { Kbd } from './kbd.tsx'

const itemLook =
  'flex h-9 cursor-default select-none items-center gap-2.5 rounded-md px-2.5 text-sm outline-none data-[highlighted]:bg-hover data-[disabled]:opacity-50 pointer-coarse:h-11'

/** More actions: `<Menu trigger={<IconButton …/>}><MenuItem …/></Menu>`. */
export function Menu({
  trigger,
  align = 'end',
  onCloseAutoFocus,
  children,
}: {
  trigger: ReactNode
  align?: 'start' | 'end'
  /** Called when the menu closes; to move the focus elsewhere than to the trigger, prevent the event's default. */
  onCloseAutoFocus?(event: Event): void
  children: ReactNode
}) {
  return (
    // Not modal: screen readers still reach the page behind, and a click beside the menu is not lost.
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          onCloseAutoFocus={onCloseAutoFocus}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-h-[70dvh] min-w-52 max-w-80 animate-rise overflow-y-auto rounded-xl border border-border bg-raised p-1.5 shadow-raised"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

type ItemProps = {
  icon?: LucideIcon
  danger?: boolean
  disabled?: boolean
  shortcut?: string
  onSelect(): void
  children: ReactNode
}

export function MenuItem({ icon: Icon, danger, disabled, shortcut, onSelect, children }: ItemProps) {
  return (
    <Radix.Item disabled={disabled} onSelect={onSelect} className={classes(itemLook, danger && 'text-danger')}>
      {Icon && <Icon aria-hidden className={classes('size-4 shrink-0', !danger && 'text-muted')} />}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {shortcut && (
        <span className="text-muted">
          <Kbd keys={shortcut} />
        </span>
      )}
    </Radix.Item>
  )
}

type Choice = { value: string; label: string; icon?: LucideIcon }

/** One of several, the chosen one with a tick. */
export function MenuChoices({
  label,
  value,
  choices,
  onChange,
}: {
  label: string
  value: string
  choices: Choice[]
  onChange(value: string): void
}) {
  return (
    <Radix.RadioGroup value={value} onValueChange={onChange} aria-label={label}>
      <Radix.Label className="px-2.5 pt-1.5 pb-1 font-medium text-muted text-xs">{label}</Radix.Label>
      {choices.map(({ value, label, icon: Icon }) => (
        <Radix.RadioItem key={value} value={value} className={itemLook}>
          {Icon && <Icon aria-hidden className="size-4 shrink-0 text-muted" />}
          <span className="min-w-0 flex-1 truncate">{label}</span>
          <Radix.ItemIndicator>
            <Check aria-hidden className="size-4 text-accent" />
          </Radix.ItemIndicator>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  )
}

export function MenuLine() {
  return <Radix.Separator className="-mx-1.5 my-1.5 h-px bg-border" />
}
