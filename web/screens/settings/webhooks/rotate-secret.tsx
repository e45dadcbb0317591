import { useMutation } from '@tanstack/react-query'
import { OLD_SECRET_HOURS } from '../../../../src/domain/webhooks.ts'
import { api } from '../../../api.ts'
import { Button } from '../../../parts/button.tsx'
import { Dialog } from '../../../parts/dialog.tsx'
import { toast } from '../../../parts/toast.tsx'
import type { MadeWebhook, Webhook } from '../types.ts'

type Props = { webhook: Webhook; onClose(): void; onRotated(made: MadeWebhook): void }

/** Explains a rotation, and does it. */
export function RotateSecret({ webhook, onClose, onRotated }: Props) {
  const rotate = useMutation({
    mutationFn: () => api.post<MadeWebhook>(`/webhooks/${webhook.id}/rotate`),
    onSuccess: onRotated,
    onError: (error) => toast.error(error),
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title="Make a new secret?"
      size="small"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" pending={rotate.isPending} onClick={() => rotate.mutate()}>
            Make new secret
          </Button>
        </>
      }
    >
      <div className="grid gap-3 text-muted text-sm">
        <p>
          For {OLD_SECRET_HOURS} hours each request carries two signatures, of the new secret and of the one in use now.
          Your program may know either, so nothing is lost while you change it over.
        </p>
        <p>After that only the new one signs. If the secret leaked, change your program over at once.</p>
      </div>
    </Dialog>
  )
}
