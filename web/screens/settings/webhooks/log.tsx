import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Card } from '../../../parts/card.tsx'
import { ErrorState } from '../../../parts/error-state.tsx'
import { More } from '../../../parts/more.tsx'
import { Segmented } from '../../../parts/segmented.tsx'
import { SkeletonRows } from '../../../parts/skeleton.tsx'
import { type Column, Table } from '../../../parts/table.tsx'
import { Time } from '../../../parts/time.tsx'
import { usePages } from '../pages.ts'
import type { Delivery, Webhook } from '../types.ts'
import { DeliverySheet } from './delivery-sheet.tsx'
import { DeliveryBadge, Outcome } from './delivery-state.tsx'

const route = getRouteApi('/app/settings/webhooks/$webhookId')

const columns: Column<Delivery>[] = [
  {
    header: 'Event',
    onPhone: 'title',
    cell: ({ id, webhookId, eventType }) => (
      <Link
        to="/settings/webhooks/$webhookId"
        params={{ webhookId }}
        search={(search) => ({ ...search, delivery: id })}
        resetScroll={false}
        className="font-mono text-xs hover:underline"
      >
        {eventType}
      </Link>
    ),
  },
  { header: 'State', cell: (delivery) => <DeliveryBadge delivery={delivery} /> },
  { header: 'Answer', cell: (delivery) => <Outcome delivery={delivery} /> },
  { header: 'When', align: 'right', cell: ({ createdAt }) => <Time value={createdAt} as="dayAndClock" plain /> },
]

/** The deliveries of the last 30 days, live. */
export function DeliveryLog({ webhook }: { webhook: Webhook }) {
  const { state, delivery: openId } = route.useSearch()
  const navigate = useNavigate({ from: '/settings/webhooks/$webhookId' })
  const deliveries = usePages<Delivery>(
    ['webhook-deliveries', 'of', webhook.id],
    `/webhooks/${webhook.id}/deliveries`,
    { query: { limit: 25, state }, keepShown: true },
  )
  const { rows } = deliveries
  const open = (delivery: string | undefined) =>
    navigate({ search: (search) => ({ ...search, delivery }), replace: !delivery, resetScroll: false })
  return (
    <Card
      title="Deliveries"
      hint="Of the last 30 days"
      className="p-0"
      actions={
        <Segmented
          label="Which deliveries"
          value={state ?? 'all'}
          choices={[
            { value: 'all', label: 'All' },
            { value: 'failed', label: 'Failed' },
            { value: 'pending', label: 'Waiting' },
          ]}
          onChange={(value) =>
            navigate({ search: value === 'all' ? {} : { state: value as 'failed' }, replace: true, resetScroll: false })
          }
        />
      }
    >
      {deliveries.error && <ErrorState error={deliveries.error} onRetry={() => deliveries.refetch()} />}
      {deliveries.isPending && <SkeletonRows rows={3} />}
      {rows?.length === 0 && (
        <p className="px-4 py-6 text-muted text-sm sm:px-5">
          {state
            ? 'There are none of these.'
            : 'Each event that is sent will be here, with the request and the answer. Send a test to see one.'}
        </p>
      )}
      {rows && rows.length > 0 && (
        <Table label="Deliveries" rows={rows} columns={columns} keyOf={({ id }) => id} onOpen={({ id }) => open(id)} />
      )}
      <More
        hasMore={deliveries.hasNextPage}
        pending={deliveries.isFetchingNextPage}
        onMore={() => deliveries.fetchNextPage()}
      />
      <DeliverySheet id={openId} canSend={webhook.enabled} onClose={() => open(undefined)} />
    </Card>
  )
}
