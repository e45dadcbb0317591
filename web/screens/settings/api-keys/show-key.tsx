import { Button } from '../../../parts/button.tsx'
import { CopyField } from '../../../parts/copy-field.tsx'
import { Dialog } from '../../../parts/dialog.tsx'

/** A key's secret, shown this once. */
export function ShowKey({ name, secret, onClose }: { name: string; secret: string; onClose(): void }) {
  return (
    <Dialog
      open
      onClose={onClose}
      title={`The key ${name}`}
      description="It is shown this once: only its fingerprint is kept. Put it where your program finds it, now."
      actions={
        <Button kind="primary" onClick={onClose}>
          I have kept it
        </Button>
      }
    >
      <CopyField label="Key" value={secret} />
    </Dialog>
  )
}
