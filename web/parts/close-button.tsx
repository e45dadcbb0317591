import { X } from 'lucide-react'
import { Dialog } from 'radix-ui'

/** In the corner of a dialog, and last in it, so that the focus starts at the first control and not at Close. */
export function CloseButton() {
  return (
    <Dialog.Close
      aria-label="Close"
      className="absolute top-2.5 right-3 flex size-9 items-center justify-center rounded-lg text-muted hover:bg-hover hover:text-text pointer-coarse:top-1.5 pointer-coarse:size-11"
    >
      <X aria-hidden className="size-[1.125rem]" />
    </Dialog.Close>
  )
}
