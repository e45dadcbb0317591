import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'
import { CloseButton } from './close-button.tsx'

type Props = { open: boolean; onClose(): void; title: string; side?: 'right' | 'bottom'; children: ReactNode }

const sides = {
  right: 'inset-y-0 right-0 w-full max-w-md animate-slide-in border-l pt-safe',
  bottom: 'inset-x-0 bottom-0 mx-auto max-h-[88dvh] w-full max-w-xl animate-slide-up rounded-t-2xl border',
}

/** Details of something on the screen, over its side or its foot. */
export function Sheet({ open, onClose, title, side = 'right', children }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          className={classes('fixed z-40 flex flex-col border-border bg-raised pb-safe shadow-raised', sides[side])}
        >
          <header className="flex min-h-14 items-center pr-14 pl-5">
            <Radix.Title className="font-semibold text-lg">{title}</Radix.Title>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>
          <CloseButton />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
