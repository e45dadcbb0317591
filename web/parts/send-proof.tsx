import { useMutation } from '@tanstack/react-query'
import * as auth from '../auth.ts'
import { Button } from './button.tsx'
import { FormError } from './error-state.tsx'

/** Mails the link that proves the address of somebody who is signed in. */
export function SendProof({ email }: { email: string }) {
  const send = useMutation({ mutationFn: auth.sendProof })
  if (send.isSuccess)
    return (
      <p role="status">
        A link is on its way to <strong className="font-semibold">{email}</strong>. Open it in this browser, within a
        day.
      </p>
    )
  return (
    <div className="grid justify-items-start gap-4">
      <FormError error={send.error} />
      <Button pending={send.isPending} onClick={() => send.mutate()}>
        Mail me the link
      </Button>
    </div>
  )
}
