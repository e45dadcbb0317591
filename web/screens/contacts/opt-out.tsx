import { useMutation, useQueryClient } from '@tanstack/react-query'
import { BellOff, BellRing } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useIsOwner } from '../../me.ts'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Phone } from '../../parts/phone.tsx'
import { toast } from '../../parts/toast.tsx'
import type { Contact } from '../../types/contacts.ts'
import { contactQuery } from './contact.ts'

/** Opts one phone of a contact out of texts (true), or lifts that (false), which only an owner may. */
export function useOptOut(contactId: string, phone: string) {
  const queries = useQueryClient()
  const isOwner = useIsOwner()
  const change = useMutation({
    mutationFn: async (optOut: boolean) => {
      if (optOut) await api.post('/opt-outs', { phone, note: null })
      else await api.delete(`/opt-outs/${encodeURIComponent(phone)}`)
    },
    networkMode: 'always',
    onSuccess: (_, optOut) => {
      if (optOut && isOwner) toast.undo('Opted out of texts', () => change.mutate(false))
      else if (optOut) toast.show('Opted out of texts')
      else toast.show('They may be texted again')
    },
    onError: (error) => toast.error(error),
    onSettled: () => {
      queries.invalidateQueries({ queryKey: contactQuery(contactId).queryKey })
      queries.invalidateQueries({ queryKey: ['conversations'] })
    },
  })
  return change
}

/** Whether the primary phone may be texted: opted out by STOP, or by hand when the person told us. */
export function OptOut({ contact }: { contact: Contact }) {
  return contact.phone ? <OptOutAt contact={contact} phone={contact.phone} /> : null
}

function OptOutAt({ contact, phone }: { contact: Contact; phone: string }) {
  const isOwner = useIsOwner()
  const [asking, setAsking] = useState(false)
  const change = useOptOut(contact.id, phone)
  const hasSeveral = contact.addresses.length > 1
  const textable = contact.addresses.filter(({ optedOut }) => !optedOut)
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
        <span>
          Opt out of texts
          {hasSeveral && (
            <>
              {' '}
              at <Phone value={phone} />
            </>
          )}
        </span>
      </Button>
    )
  return (
    <div className="grid gap-2 rounded-lg bg-danger-soft px-3 py-2.5 text-sm">
      <p className="flex gap-2 text-danger">
        <BellOff aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span>
          <strong className="font-semibold">
            Opted out of texts
            {hasSeveral && (
              <>
                {' '}
                at <Phone value={phone} />
              </>
            )}
            .
          </strong>{' '}
          They come back by texting START.
          {textable[0] && (
            <>
              {' '}
              <Phone value={textable[0].address} /> can still be texted.
            </>
          )}
        </span>
      </p>
      {isOwner && (
        <Button size="small" className="justify-self-start" onClick={() => setAsking(true)}>
          <BellRing aria-hidden />
          They asked for texts again
        </Button>
      )}
      <LiftOptOut open={asking} onClose={() => setAsking(false)} change={change} />
    </div>
  )
}

type LiftProps = { open: boolean; onClose(): void; change: ReturnType<typeof useOptOut> }

/** Confirms before an opt-out is lifted: the law protects it. */
export function LiftOptOut({ open, onClose, change }: LiftProps) {
  return (
    <Confirm
      open={open}
      onClose={onClose}
      title="Text them again?"
      action="Lift the opt-out"
      pending={change.isPending}
      onConfirm={() => change.mutate(false, { onSettled: onClose })}
    >
      Only when they asked you for it: to text somebody who opted out is against the law in most places. Their carrier
      may go on blocking your texts until they text START.
    </Confirm>
  )
}
