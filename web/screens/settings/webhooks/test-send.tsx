import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, Send } from 'lucide-react'
import { api } from '../../../api.ts'
import { Button } from '../../../parts/button.tsx'
import { toast } from '../../../parts/toast.tsx'
import { linkLook } from '../../../shell/front.tsx'
import type { DeliveryInFull, Webhook } from '../types.ts'

/** Sends a test, and shows the result. */
export function useTestSend(webhook: Webhook) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => api.post<DeliveryInFull>(`/webhooks/${webhook.id}/test`),
    onError: (error) => toast.error(error),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['webhooks'] }),
        queries.invalidateQueries({ queryKey: ['webhook-deliveries'] }),
      ]),
  })
}

export function TestButton({ test }: { test: ReturnType<typeof useTestSend> }) {
  return (
    <Button size="small" pending={test.isPending} onClick={() => test.mutate()}>
      <Send aria-hidden />
      Send test
    </Button>
  )
}

export function TestAnswer({ delivery }: { delivery: DeliveryInFull }) {
  const { id, webhookId, state, status, latencyMs, error } = delivery
  const worked = state === 'delivered'
  const Icon = worked ? CircleCheck : CircleAlert
  return (
    <p
      role="status"
      className={`flex gap-2.5 rounded-lg px-3.5 py-3 text-sm ${worked ? 'bg-success-soft text-success' : 'bg-danger-soft text-danger'}`}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>
        {worked ? `The test arrived: it answered ${status} in ${latencyMs} ms.` : `The test failed. ${error ?? ''}`}{' '}
        <Link
          to="/settings/webhooks/$webhookId"
          params={{ webhookId }}
          search={(search) => ({ ...search, delivery: id })}
          resetScroll={false}
          className={linkLook}
        >
          Request and answer
        </Link>
      </span>
    </p>
  )
}
