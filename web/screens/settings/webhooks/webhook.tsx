import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../../api.ts'
import { useIsOwner } from '../../../me.ts'
import { Button } from '../../../parts/button.tsx'
import { Card } from '../../../parts/card.tsx'
import { Confirm } from '../../../parts/confirm.tsx'
import { ErrorState } from '../../../parts/error-state.tsx'
import { Page } from '../../../parts/page.tsx'
import { SkeletonRows } from '../../../parts/skeleton.tsx'
import { Time } from '../../../parts/time.tsx'
import { toast } from '../../../parts/toast.tsx'
import { OwnersOnly } from '../owners-only.tsx'
import type { Webhook } from '../types.ts'
import { eventsInWords, webhookQuery } from './data.ts'
import { EditWebhook } from './edit-webhook.tsx'
import { Health } from './health.tsx'
import { DeliveryLog } from './log.tsx'
import { RotateSecret } from './rotate-secret.tsx'
import { ShowSecret } from './show-secret.tsx'
import { TestAnswer, TestButton, useTestSend } from './test-send.tsx'

const route = getRouteApi('/app/settings/webhooks/$webhookId')

/** One webhook: its health, its actions, and its deliveries. */
export function WebhookScreen() {
  const { webhookId } = route.useParams()
  const isOwner = useIsOwner()
  const { data, error, refetch } = useQuery({ ...webhookQuery(webhookId), enabled: isOwner })
  return (
    <Page
      title={data?.description || 'Webhook'}
      hint={data?.description && 'Webhook'}
      back="/settings/webhooks"
      width="narrow"
    >
      <div className="grid gap-6">
        <OwnersOnly what="see webhooks" />
        {error ? (
          <ErrorState
            error={error}
            onRetry={refetch}
            sought={{ what: 'webhook', list: 'Webhooks', to: '/settings/webhooks' }}
          />
        ) : data ? (
          <>
            <Settings webhook={data} />
            <DeliveryLog webhook={data} />
          </>
        ) : (
          isOwner && <SkeletonRows rows={3} />
        )}
      </div>
    </Page>
  )
}

function Settings({ webhook }: { webhook: Webhook }) {
  const { id, url, events, enabled, previousSignsUntil } = webhook
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [open, setOpen] = useState<'edit' | 'rotate' | 'delete' | null>(null)
  const [secret, setSecret] = useState<string | null>(null)
  const test = useTestSend(webhook)
  const close = () => setOpen(null)
  const refresh = () => queries.invalidateQueries({ queryKey: ['webhooks'] })
  const turn = useMutation({
    mutationFn: (on: boolean) => api.patch<Webhook>(`/webhooks/${id}`, { enabled: on }),
    onSuccess: (turned) => {
      queries.setQueryData(webhookQuery(id).queryKey, turned)
      if (!turned.enabled) toast.undo('The webhook is switched off', () => turn.mutate(true))
    },
    onError: (error) => toast.error(error),
    onSettled: refresh,
  })
  const remove = useMutation({
    mutationFn: () => api.delete(`/webhooks/${id}`),
    onSuccess: async () => {
      await navigate({ to: '/settings/webhooks' })
      toast.show('The webhook is deleted')
    },
    onError: (error) => {
      close()
      toast.error(error)
    },
    onSettled: refresh,
  })
  return (
    <Card>
      <div className="grid gap-4">
        <div className="grid gap-1">
          <p className="break-all font-mono text-sm">{url}</p>
          <p className="text-muted text-sm">{eventsInWords(events)}</p>
        </div>
        <Health webhook={webhook} />
        {previousSignsUntil && (
          <p className="text-muted text-sm">
            Requests carry two signatures, of the new secret and of the one before, until{' '}
            <Time value={previousSignsUntil} as="dayAndClock" />.
          </p>
        )}
        {test.data && !test.isPending && <TestAnswer delivery={test.data} />}
        <div className="flex flex-wrap gap-2">
          {!enabled && (
            <Button size="small" kind="primary" pending={turn.isPending} onClick={() => turn.mutate(true)}>
              Switch on
            </Button>
          )}
          <TestButton test={test} />
          <Button size="small" onClick={() => setOpen('edit')}>
            Edit
          </Button>
          <Button size="small" onClick={() => setOpen('rotate')}>
            New secret
          </Button>
          {enabled && (
            <Button size="small" kind="quiet" pending={turn.isPending} onClick={() => turn.mutate(false)}>
              Switch off
            </Button>
          )}
          <Button size="small" kind="quiet" onClick={() => setOpen('delete')}>
            Delete
          </Button>
        </div>
      </div>
      {open === 'edit' && (
        <EditWebhook
          webhook={webhook}
          onClose={close}
          onSaved={(saved) => {
            queries.setQueryData(webhookQuery(id).queryKey, saved)
            close()
            return refresh()
          }}
        />
      )}
      {open === 'rotate' && (
        <RotateSecret
          webhook={webhook}
          onClose={close}
          onRotated={(made) => {
            close()
            setSecret(made.secret)
            return refresh()
          }}
        />
      )}
      {secret && <ShowSecret secret={secret} onClose={() => setSecret(null)} />}
      <Confirm
        open={open === 'delete'}
        onClose={close}
        title="Delete this webhook?"
        action="Delete webhook"
        pending={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        Nothing more is sent to it, and its log goes too. This cannot be undone; a new one has a new secret.
      </Confirm>
    </Card>
  )
}
