import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api.ts'

/** The simulated phone network's own API (docs/simulator.md), proxied under /api/v1/simulator. */

export const kinds = ['mobile', 'landline', 'filtered', 'unreachable'] as const
export type Kind = (typeof kinds)[number]

export const reactions = ['ring', 'answer', 'decline', 'busy', 'unreachable'] as const
export type Reaction = (typeof reactions)[number]

export type Leg = {
  id: string
  role: 'caller' | 'target'
  from: string
  to: string
  state: 'ringing' | 'in_progress' | 'ended'
  startedAt: string
  answeredAt: string | null
  endedAt: string | null
}

export type Call = {
  id: string
  carrierCallId: string
  from: string
  to: string
  state: Leg['state']
  legs: Leg[]
  timeline: { at: string; what: string }[]
}

export type Text = {
  id: string
  direction: 'received' | 'sent'
  from: string
  to: string
  body: string
  at: string
}

export type Handset = {
  number: string
  kind: Kind
  whenCalled: Reaction
  /** Simulated milliseconds of ringing before it answers or declines. */
  afterMs: number
  messages: Text[]
  /** Its latest 50, oldest first. */
  calls: Call[]
}

/** One HTTP exchange between Textback and a carrier. */
export type Exchange = {
  seq: number
  at: string
  face: 'twilio' | 'telnyx'
  direction: 'to_carrier' | 'to_app'
  method: string
  url: string
  headers: Record<string, string>
  body: string
  /** Null when no answer came. */
  status: number | null
  answer: string
  ms: number
  note?: string
}

/** Chances are 0 to 1; `delayMs` is real time. */
export type Faults = {
  seed: number
  duplicate: number
  reorder: number
  delayMs: [number, number]
  status429: number
  status500: number
  acceptThenTimeout: number
  listLagMs: [number, number]
  receiptDelayMs: [number, number]
}

export type OneShot = 'status429' | 'status500' | 'acceptThenTimeout' | 'refuse'

const path = (number: string) => `/simulator/phones/${encodeURIComponent(number)}`

export const handsetQuery = (number: string) =>
  queryOptions({
    queryKey: ['simulator', 'phones', number],
    queryFn: ({ signal }) => api.get<Handset>(path(number), {}, signal),
  })

/** The numbers that the network connects. */
export const connectedQuery = queryOptions({
  queryKey: ['simulator', 'config'],
  queryFn: async ({ signal }) => {
    type Account = { numbers: { number: string }[] }
    const { twilio, telnyx } = await api.get<{ twilio: Account[]; telnyx: Account[] }>('/simulator/config', {}, signal)
    return [...twilio, ...telnyx].flatMap(({ numbers }) => numbers.map(({ number }) => number))
  },
})

export const faultsQuery = queryOptions({
  queryKey: ['simulator', 'faults'],
  queryFn: ({ signal }) => api.get<Faults>('/simulator/faults', {}, signal),
})

export const clockQuery = queryOptions({
  queryKey: ['simulator', 'clock'],
  queryFn: ({ signal }) => api.get<{ speed: number }>('/simulator/clock', {}, signal),
})

export const settingsQuery = queryOptions({
  queryKey: ['simulator', 'settings'],
  queryFn: ({ signal }) => api.get<{ webhooks: boolean }>('/simulator/settings', {}, signal),
})

export const exchanges = (latest: number, signal: AbortSignal) =>
  api.get<Exchange[]>('/simulator/wire', { latest }, signal)

export const callFrom = (from: string, to: string) => api.post<Call>('/simulator/calls', { from, to })

/** The caller hangs up. */
export const hangUp = (call: string) => api.post(`/simulator/calls/${call}/hangup`)

/** What a rung phone does. */
export const act = (call: string, phone: string, what: 'answer' | 'decline' | 'callee-hangup') =>
  api.post(`/simulator/calls/${call}/${what}`, { phone })

export const press = (call: string, digits: string, phone: string | undefined) =>
  api.post(`/simulator/calls/${call}/digits`, { digits, ...(phone && { phone }) })

export const textFrom = (from: string, to: string, body: string) => api.post('/simulator/messages', { from, to, body })

export const changeNature = (number: string, nature: Partial<Pick<Handset, 'kind' | 'whenCalled' | 'afterMs'>>) =>
  api.put<Handset>(path(number), nature)

export const setFaults = (faults: Faults) => api.put<Faults>('/simulator/faults', faults)

export const breakNext = (what: OneShot) => api.post('/simulator/faults/next', { what })

export const setSpeed = (speed: number) => api.put<{ speed: number }>('/simulator/clock', { speed })

export const setWebhooks = (webhooks: boolean) => api.put<{ webhooks: boolean }>('/simulator/settings', { webhooks })

export const clearFaults = () => api.delete('/simulator/faults')

export const forgetEverything = () => api.delete('/simulator/everything')
