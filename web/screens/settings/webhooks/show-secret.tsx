import { Button } from '../../../parts/button.tsx'
import { CopyField } from '../../../parts/copy-field.tsx'
import { Dialog } from '../../../parts/dialog.tsx'

/** The secret, shown this once. */
export function ShowSecret({ secret, onClose }: { secret: string; onClose(): void }) {
  return (
    <Dialog
      open
      onClose={onClose}
      title="The signing secret"
      description="It is shown this once. Put it where your program finds it, now."
      actions={
        <Button kind="primary" onClick={onClose}>
          I have kept it
        </Button>
      }
    >
      <div className="grid gap-4 text-sm">
        <CopyField label="Secret" value={secret} />
        <p className="text-muted">
          Every request is signed with it, as Standard Webhooks says: check the signature before you believe what it
          says. Libraries for most languages do that in a line.
        </p>
      </div>
    </Dialog>
  )
}
