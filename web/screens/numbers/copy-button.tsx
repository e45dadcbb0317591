import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '../../parts/icon-button.tsx'
import { toast } from '../../parts/toast.tsx'

const SAID_MS = 2_000

/** Copies a text to the clipboard, and says so. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
      setTimeout(() => setCopied(false), SAID_MS)
    } catch {
      // Without https a browser has no clipboard.
      toast.show('This browser did not let us copy. Mark the text and copy it by hand.')
    }
  }
  return (
    <>
      <IconButton icon={copied ? Check : Copy} label={label} onClick={copy} />
      <span role="status" className="sr-only">
        {copied && 'Copied'}
      </span>
    </>
  )
}
