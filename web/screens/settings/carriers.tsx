import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Cable, CircleAlert, CircleCheck, Plus } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useIsOwner } from '../../me.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { Time } from '../../parts/time.tsx'
import { toast } from '../../parts/toast.tsx'
import type { Carrier } from '../../types/carriers.ts'
import { Credentials } from '../numbers/credentials.tsx'
import { carrierLabel, carrierNames, carriersQuery } from '../numbers/data.ts'
import { PbxHook } from '../numbers/pbx-hook.tsx'
import { SettingsPage } from './page.tsx'

export function CarriersScreen() {
  const carriers = useQuery(carriersQuery)
  const isOwner = useIsOwner()
  const connect = isOwner && (
    <Button asChild kind="primary">
      <Link to="/numbers/connect">
        <Plus aria-hidden />
        Connect
      </Link>
    </Button>
  )
  return (
    <SettingsPage title="Carriers" actions={carriers.data && carriers.data.length > 0 && connect}>
      {carriers.isPending ? (
        <SkeletonRows rows={2} />
      ) : carriers.isError ? (
        <ErrorState error={carriers.error} onRetry={carriers.refetch} />
      ) : carriers.data.length === 0 ? (
        <EmptyState icon={Cable} title="No carrier is connected" action={connect}>
          A carrier brings the calls and takes the texts: Twilio, Telnyx, or your own phone system with one of them.
        </EmptyState>
      ) : (
        <div className="grid gap-5">
          {carriers.data.map((carrier) => (
            <Connection key={carrier.id} carrier={carrier} />
          ))}
        </div>
      )}
    </SettingsPage>
  )
}

function Connection({ carrier }: { carrier: Carrier }) {
  const queries = useQueryClient()
  const isOwner = useIsOwner()
  const [open, setOpen] = useState<'credentials' | 'hook' | 'remove' | null>(null)
  const name = carrierLabel(carrier)
  const close = () => setOpen(null)
  const settled = () => queries.invalidateQueries({ queryKey: ['carriers'] })
  const check = useMutation({
    mutationFn: () => api.post<Carrier>(`/carriers/${carrier.id}/check`),
    onError: (error) => toast.error(error),
    onSettled: settled,
  })
  const remove = useMutation({
    mutationFn: () => api.delete(`/carriers/${carrier.id}`),
    onSuccess: () => toast.show(`${name} is disconnected, and its credentials are forgotten.`),
    onError: (error) => {
      close()
      toast.error(error)
    },
    onSettled: settled,
  })
  const isPbx = carrier.kind === 'generic'
  return (
    <Card title={name} hint={carrier.label && `${carrierNames[carrier.kind]} (${carrier.id})`}>
      <div className="grid gap-4">
        <State carrier={carrier} />
        {isOwner && (
          <div className="flex flex-wrap gap-2">
            {!isPbx && (
              <Button size="small" pending={check.isPending} onClick={() => check.mutate()}>
                Check again<span className="sr-only"> {name}</span>
              </Button>
            )}
            <Button size="small" asChild>
              <Link to="/numbers/connect" search={{ carrier: carrier.id }}>
                Add numbers<span className="sr-only"> of {name}</span>
              </Link>
            </Button>
            {isPbx && (
              <Button size="small" onClick={() => setOpen('hook')}>
                Address and example<span className="sr-only"> of {name}</span>
              </Button>
            )}
            <Button size="small" onClick={() => setOpen('credentials')}>
              {isPbx ? 'New secret' : 'Change credentials'}
              <span className="sr-only"> of {name}</span>
            </Button>
            <Button size="small" kind="quiet" onClick={() => setOpen('remove')}>
              Disconnect<span className="sr-only"> {name}</span>
            </Button>
          </div>
        )}
      </div>
      <Dialog open={open === 'hook'} onClose={close} title={name} size="large">
        <PbxHook carrier={carrier} number={null} />
      </Dialog>
      <Dialog
        open={open === 'credentials'}
        onClose={close}
        title={`${isPbx ? 'New secret' : 'New credentials'} of ${name}`}
        description="They count from the next call on; the old ones are forgotten."
      >
        <Credentials
          taken={[]}
          existing={carrier}
          onConnected={() => {
            setOpen(isPbx ? 'hook' : null)
            toast.show(`${name} works with its new ${isPbx ? 'secret' : 'credentials'}.`)
          }}
        />
      </Dialog>
      <Confirm
        open={open === 'remove'}
        onClose={close}
        title={`Disconnect ${name}?`}
        action="Disconnect"
        pending={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        Its credentials are forgotten, so this cannot be undone: to come back, connect it again. Its numbers must be
        gone before.
      </Confirm>
    </Card>
  )
}

function State({ carrier: { kind, trouble, checkedAt, foundNumbers } }: { carrier: Carrier }) {
  if (trouble)
    return (
      <p className="flex gap-2.5 text-danger text-sm">
        <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span>
          <strong className="font-semibold">{trouble.sentence}</strong> {trouble.nextStep}
        </span>
      </p>
    )
  if (kind === 'generic')
    return (
      <p className="text-muted text-sm">It posts its calls here, signed. Texts leave through another connection.</p>
    )
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-sm">
      <CircleCheck aria-hidden className="size-4 shrink-0 text-success" />
      {checkedAt ? 'Its credentials work.' : 'Not checked yet.'}
      <span className="text-muted">
        {foundNumbers.length} {foundNumbers.length === 1 ? 'number' : 'numbers'}
        {checkedAt && (
          <>
            , checked <Time value={checkedAt} />
          </>
        )}
      </span>
    </p>
  )
}
