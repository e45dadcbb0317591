import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import { api } from '../../../api.ts'
import { Button } from '../../../parts/button.tsx'
import { ErrorState } from '../../../parts/error-state.tsx'
import { Sheet } from '../../../parts/sheet.tsx'
import { SkeletonRows } from '../../../parts/skeleton.tsx'
import { toast } from '../../../parts/toast.tsx'
import type { DeliveryInFull } from '../types.ts'
import { deliveryQuery } from './data.ts'
import { DeliveryBadge, Next, Outcome } from './delivery-state.tsx'

type Props = { id: string | undefined; canSend: boolean; onClose(): void }

/** One delivery in full: the request, the answer, and a button to send it again. */
export function DeliverySheet({ id, canSend, onClose }: Props) {
  const query = useQuery({ ...deliveryQuery(id ?? ''), enabled: id !== undefined, placeholderData: keepPreviousData })
  return (
    <Sheet open={id !== undefined} onClose={onClose} title={query.data?.eventType ?? 'Delivery'}>
      {query.data ? (
        <Content delivery={query.data} canSend={canSend} />
      ) : query.error ? (
        <ErrorState error={query.error} onRetry={query.refetch} />
      ) : (
        <SkeletonRows rows={3} />
      )}
    </Sheet>
  )
}

function Content({ delivery, canSend }: { delivery: DeliveryInFull; canSend: boolean }) {
  const queries = useQueryClient()
  const send = useMutation({
    mutationFn: () => api.post<DeliveryInFull>(`/webhook-deliveries/${delivery.id}/redeliver`),
    onSuccess: (begun) => queries.setQueryData(deliveryQuery(delivery.id).queryKey, begun),
    onError: (error) => toast.error(error),
    onSettled: () => queries.invalidateQueries({ queryKey: ['webhook-deliveries'] }),
  })
  const { id, url, payload, status, answer, error } = delivery
  return (
    <div className="grid gap-6 pt-2 text-sm">
      <div className="grid gap-2">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <DeliveryBadge delivery={delivery} /> <Outcome delivery={delivery} />
        </p>
        {error && <p className="text-danger">{error}</p>}
        <p className="text-muted">
          <Next delivery={delivery} />
        </p>
        {canSend && (
          <div className="pt-1">
            <Button size="small" pending={send.isPending} onClick={() => send.mutate()}>
              <RotateCw aria-hidden />
              Send again
            </Button>
          </div>
        )}
      </div>
      <section aria-labelledby="request" className="grid min-w-0 gap-2">
        <h3 id="request" className="font-semibold">
          The request
        </h3>
        <Code>{`POST ${url}\ncontent-type: application/json\nwebhook-id: ${id}\n\n${pretty(payload)}`}</Code>
      </section>
      <section aria-labelledby="answer" className="grid min-w-0 gap-2">
        <h3 id="answer" className="font-semibold">
          The last answer
        </h3>
        {status === null ? (
          <p className="text-muted">There was none{error ? '' : ' yet'}.</p>
        ) : (
          <Code>{`${status}\n\n${answer || '(no body)'}`}</Code>
        )}
      </section>
    </div>
  )
}

const codeLook = 'max-h-96 overflow-auto rounded-lg bg-sunken p-3.5 font-mono text-xs'

function Code({ children }: { children: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, which the keyboard must reach
    <pre tabIndex={0} className={codeLook}>
      {children}
    </pre>
  )
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2)
  } catch {
    return json
  }
}
