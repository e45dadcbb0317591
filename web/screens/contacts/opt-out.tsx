import { useMutation, useQueryClient } from '@tanstack/react-query'
import { BellOff, BellRing } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useIsOwner } from '../../me.ts'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { toast } from '../../parts/toast.tsx'
import type { Contact } from '../../types/contacts.ts'
import { contactQuery } from './contact.ts'

/** Whether they may be texted; they say so themselves by STOP and START, or told us. */
export function OptOut({ contact }: { contact: Contact }) {
  const queries = useQueryClient()
  const isOwner = useIsOwner()
  const [asking, setAsking] = useState(false)
  const phone = contact.phone
  const change = useMutation({
    mutationFn: async (optOut: boolean) => {
      if (optOut) await api.post('/opt-outs', { phone, note: null })
      else await api.delete(`/opt-outs/${encodeURIComponent(phone!)}`)
    },
    networkMode: 'always',
    onSuccess: (_, optOut) => {
      // To lift it again is the owner's.
      if (optOut && isOwner) toast.undo('Opted out of texts', () => change.mutate(false))
      else if (optOut) toast.show('Opted out of texts')
      else toast.show('They may be texted again')
    },
    onError: (error) => toast.error(error),
    onSettled: () => {
      setAsking(false)
      queries.invalidateQueries({ queryKey: contactQuery(contact.id).queryKey })
      queries.invalidateQueries({ queryKey: ['conversations'] })
    },
  })
  if (!phone) return null
  if (!contact.optedOut)
    return (
      <Button
        kind="quiet"
        size="small"
        className="-ml-2.5 justify-self-start"
        pending={change.isPending}
        onClick={() => change.mutate(true)}
      >
        <BellOff aria-hidden />
        Opt out of texts
      </Button>
    )
  return (
    <div className="grid gap-2 rounded-lg bg-danger-soft px-3 py-2.5 text-sm">
      <p className="flex gap-2 text-danger">
        <BellOff aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span>
          <strong className="font-semibold">Opted out of texts.</strong> They come back by texting START.
        </span>
      </p>
      {isOwner && (
        <Button size="small" className="justify-self-start" onClick={() => setAsking(true)}>
          <BellRing aria-hidden />
          They asked for texts again
        </Button>
      )}
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title="Text them again?"
        action="Lift the opt-out"
        pending={change.isPending}
        onConfirm={() => change.mutate(false)}
      >
        Only when they asked you for it: to text somebody who opted out is against the law in most places. Their carrier
        may go on blocking your texts until they text START.
      </Confirm>
    </div>
  )
}
