import { CircleAlert, X } from 'lucide-react'
import { Toast as Radix } from 'radix-ui'
import { useSyncExternalStore } from 'react'
import { explain } from '../problem.ts'
import { Button } from './button.tsx'
import { IconButton } from './icon-button.tsx'

type Shown = { id: number; text: string; tone: 'plain' | 'error'; action?: { label: string; run: () => void } }

/** Long enough to read and to reach Undo; pointer or focus on the toast stops the clock. */
const SHOWN_MS = 7_000

let shown: Shown[] = []
let lastId = 0
const watchers = new Set<() => void>()

function change(next: Shown[]) {
  shown = next
  for (const watch of watchers) watch()
}

const add = (toast: Omit<Shown, 'id'>) => change([...shown.slice(-2), { ...toast, id: ++lastId }])

export const toast = {
  /** The action is done: 'Saved'. */
  show: (text: string) => add({ text, tone: 'plain' }),
  /** The action is done and can be undone: toast.undo('Conversation closed', reopen). */
  undo: (text: string, onUndo: () => void) => add({ text, tone: 'plain', action: { label: 'Undo', run: onUndo } }),
  /** The action failed; takes any error, and says what to do. */
  error: (error: unknown, retry?: () => void) => {
    const { title, detail } = explain(error)
    add({ text: `${title}. ${detail}`, tone: 'error', ...(retry && { action: { label: 'Try again', run: retry } }) })
  },
}

/** Where toasts appear; once, at the root. F8 moves the focus there. */
export function Toasts() {
  const toasts = useSyncExternalStore(
    (watch) => {
      watchers.add(watch)
      return () => watchers.delete(watch)
    },
    () => shown,
  )
  return (
    <Radix.Provider duration={SHOWN_MS} swipeDirection="up">
      {toasts.map(({ id, text, tone, action }) => (
        <Radix.Root
          key={id}
          type="background"
          onOpenChange={(open) => !open && change(shown.filter((other) => other.id !== id))}
          className="flex animate-rise items-center gap-3 rounded-xl border border-border bg-raised py-2 pr-2 pl-4 text-sm shadow-raised"
        >
          {tone === 'error' && <CircleAlert aria-hidden className="size-4 shrink-0 text-danger" />}
          <Radix.Description className="flex-1 py-1">{text}</Radix.Description>
          {action && (
            <Radix.Action asChild altText={action.label}>
              <Button kind="link" size="small" onClick={action.run}>
                {action.label}
              </Button>
            </Radix.Action>
          )}
          <Radix.Close asChild>
            <IconButton icon={X} label="Dismiss" />
          </Radix.Close>
        </Radix.Root>
      ))}
      {/* At the top of a phone and at the left of a wide screen, because writing and sending happen at the right. */}
      <Radix.Viewport className="fixed inset-x-4 top-[calc(0.75rem+env(safe-area-inset-top))] z-50 mx-auto grid max-w-md gap-2 lg:top-auto lg:right-auto lg:bottom-6 lg:left-6 lg:mx-0 lg:w-96" />
    </Radix.Provider>
  )
}
