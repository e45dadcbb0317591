import { type ReactNode, useState } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Field } from './field.tsx'
import { Input } from './input.tsx'

type Props = {
  open: boolean
  onClose(): void
  /** A question: 'Delete this number?' */
  title: string
  /** What will happen, and whether it can be undone. */
  children: ReactNode
  /** The verb on the button: 'Delete number'. */
  action: string
  /** Text to type first, for what cannot be undone: the number itself. */
  typed?: string
  pending?: boolean
  onConfirm(): void
}

/** For actions that cannot be undone; others happen at once and offer Undo (see toast.tsx). */
export function Confirm({ open, onClose, title, children, action, typed, pending, onConfirm }: Props) {
  const [text, setText] = useState('')
  const ready = !typed || text.trim() === typed
  const close = () => {
    setText('')
    onClose()
  }
  return (
    <Dialog
      open={open}
      onClose={close}
      title={title}
      size="small"
      actions={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button kind="danger" disabled={!ready} pending={pending} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="grid gap-4 text-sm">
        <div className="text-muted">{children}</div>
        {typed && (
          <Field label={`Type ${typed} to confirm`}>
            {(control) => (
              <Input {...control} autoComplete="off" value={text} onChange={(e) => setText(e.target.value)} />
            )}
          </Field>
        )}
      </div>
    </Dialog>
  )
}
