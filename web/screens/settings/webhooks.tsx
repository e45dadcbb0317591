import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { ChevronRight, Plus, Webhook as WebhookIcon } from 'lucide-react'
import { useState } from 'react'
import { useIsOwner } from '../../me.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { OwnersOnly } from './owners-only.tsx'
import { SettingsPage } from './page.tsx'
import type { MadeWebhook } from './types.ts'
import { eventsInWords, webhooksQuery } from './webhooks/data.ts'
import { EditWebhook } from './webhooks/edit-webhook.tsx'
import { HealthBadge } from './webhooks/health.tsx'
import { ShowSecret } from './webhooks/show-secret.tsx'

export function WebhooksScreen() {
  const isOwner = useIsOwner()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [making, setMaking] = useState(false)
  const [made, setMade] = useState<MadeWebhook | null>(null)
  const webhooks = useQuery({ ...webhooksQuery, enabled: isOwner })
  const make = (
    <Button kind="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden />
      New webhook
    </Button>
  )
  const rows = webhooks.data?.data
  return (
    <SettingsPage
      title="Webhooks"
      hint="Textback tells your programs what happens, as it happens"
      actions={isOwner && rows && rows.length > 0 && make}
    >
      <OwnersOnly what="see and make webhooks" />
      {webhooks.error && <ErrorState error={webhooks.error} onRetry={() => webhooks.refetch()} />}
      {isOwner && webhooks.isPending && <SkeletonRows rows={2} />}
      {rows?.length === 0 && (
        <EmptyState icon={WebhookIcon} title="No webhooks yet" action={make}>
          Give the address of a program of yours, or of a tool like Zapier, Make or n8n. It is sent each missed call,
          text and lead, and can do with them what you like.
        </EmptyState>
      )}
      {rows && rows.length > 0 && (
        <Card className="p-0">
          <ul aria-label="Webhooks" className="divide-y divide-border">
            {rows.map((webhook) => (
              <li key={webhook.id}>
                <Link
                  to="/settings/webhooks/$webhookId"
                  params={{ webhookId: webhook.id }}
                  className="flex items-center gap-3 px-4 py-3.5 -outline-offset-2 hover:bg-hover sm:px-5"
                >
                  <span className="grid min-w-0 flex-1 gap-0.5">
                    <span className="truncate font-medium">{webhook.description || webhook.url}</span>
                    <span className="truncate text-muted text-sm">
                      {webhook.description && `${webhook.url} · `}
                      {eventsInWords(webhook.events)}
                    </span>
                  </span>
                  <HealthBadge webhook={webhook} />
                  <ChevronRight aria-hidden className="size-4 shrink-0 text-muted" />
                </Link>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {making && (
        <EditWebhook
          webhook={null}
          onClose={() => setMaking(false)}
          onSaved={(saved) => {
            setMaking(false)
            setMade(saved as MadeWebhook)
            return queries.invalidateQueries({ queryKey: ['webhooks'] })
          }}
        />
      )}
      {made && (
        <ShowSecret
          secret={made.secret}
          onClose={() => {
            setMade(null)
            navigate({ to: '/settings/webhooks/$webhookId', params: { webhookId: made.id } })
          }}
        />
      )}
    </SettingsPage>
  )
}
