import { queryOptions } from '@tanstack/react-query'
import { DISPATCHED_TYPES, type DispatchedType, EVENTS } from '../../../../src/domain/events.ts'
import { api, type List } from '../../../api.ts'
import type { DeliveryInFull, Webhook } from '../types.ts'

export const webhooksQuery = queryOptions({
  queryKey: ['webhooks'],
  queryFn: ({ signal }) => api.get<List<Webhook>>('/webhooks', {}, signal),
})

export const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', id],
    queryFn: ({ signal }) => api.get<Webhook>(`/webhooks/${id}`, {}, signal),
  })

export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhook-deliveries', id],
    queryFn: ({ signal }) => api.get<DeliveryInFull>(`/webhook-deliveries/${id}`, {}, signal),
  })

/** The events to choose from, by group, in the order of the table. */
export const eventGroups: [group: string, types: DispatchedType[]][] = [
  ...Map.groupBy(DISPATCHED_TYPES, (type) => EVENTS[type].group),
]

/** 'A call ended and nobody had answered it' */
export function whenOf(type: DispatchedType): string {
  const { when } = EVENTS[type]
  return when[0]!.toUpperCase() + when.slice(1)
}

/** 'call.missed, lead.created and 3 more' */
export function eventsInWords(events: string[]): string {
  if (events.length === 0) return 'All events'
  const shown = events.length > 3 ? [...events.slice(0, 2), `${events.length - 2} more`] : events
  return new Intl.ListFormat('en').format(shown)
}
