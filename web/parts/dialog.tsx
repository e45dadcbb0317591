import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'
import { CloseButton } from './close-button.tsx'

type Props = {
  open: boolean
  onClose(): void
  title: string
  /** One sentence under the title. */
  description?: ReactNode
  /** Buttons at its foot, the main one last. */
  actions?: ReactNode
  size?: 'small' | 'normal' | 'large'
  children?: ReactNode
}

const sizes = { small: 'sm:max-w-sm', normal: 'sm:max-w-lg', large: 'sm:max-w-2xl' }

/** Asks a question before the work continues; on a phone it comes from below. */
export function Dialog({ open, onClose, title, description, actions, size = 'normal', children }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-scrim" />
        <Radix.Content
          {...(!description && { 'aria-describedby': undefined })}
          className={classes(
            'fixed inset-x-0 bottom-0 z-40 mx-auto flex max-h-[90dvh] w-full animate-slide-up flex-col rounded-t-2xl border border-border bg-raised pb-safe shadow-raised',
            'sm:top-[12dvh] sm:bottom-auto sm:max-h-[76dvh] sm:animate-rise sm:rounded-xl sm:pb-0',
            sizes[size],
          )}
        >
          <header className="grid gap-1 pt-4 pr-14 pb-3 pl-5">
            <Radix.Title className="font-semibold text-lg">{title}</Radix.Title>
            {description && <Radix.Description className="text-muted text-sm">{description}</Radix.Description>}
          </header>
          {children && <div className="min-h-0 flex-1 overflow-y-auto px-5 py-1 pb-5">{children}</div>}
          {actions && <footer className="flex justify-end gap-2 border-border border-t px-5 py-3">{actions}</footer>}
          <CloseButton />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
