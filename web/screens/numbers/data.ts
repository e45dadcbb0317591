import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, type List } from '../../api.ts'
import { useMe } from '../../me.ts'
import { toast } from '../../parts/toast.tsx'
import { formatPhone } from '../../phones.ts'
import type { Settings } from '../../types/account.ts'
import type { Carrier } from '../../types/carriers.ts'
import type { Line } from '../../types/numbers.ts'

export const numbersQuery = queryOptions({
  queryKey: ['numbers'],
  queryFn: ({ signal }) => api.get<List<Line>>('/numbers', {}, signal),
  select: ({ data }) => data,
})

export const numberPath = (number: string) => `/numbers/${encodeURIComponent(number)}`

export const numberQuery = (number: string) =>
  queryOptions({
    queryKey: ['numbers', number],
    queryFn: ({ signal }) => api.get<Line>(numberPath(number), {}, signal),
  })

export const carriersQuery = queryOptions({
  queryKey: ['carriers'],
  queryFn: ({ signal }) => api.get<List<Carrier>>('/carriers', {}, signal),
  select: ({ data }) => data,
})

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: ({ signal }) => api.get<Settings>('/settings', {}, signal),
})

export const carrierNames: Record<Carrier['kind'], string> = {
  twilio: 'Twilio',
  telnyx: 'Telnyx',
  generic: 'Your PBX',
}

/** The ids of the first connection of each carrier. */
const firstIds: Record<Carrier['kind'], string> = { twilio: 'twilio', telnyx: 'telnyx', generic: 'pbx' }

/** A connection's name: its label, or its carrier's name, with the id if that is ambiguous. */
export function carrierLabel({ id, kind, label }: Carrier): string {
  if (label) return label
  return id === firstIds[kind] ? carrierNames[kind] : `${carrierNames[kind]} (${id})`
}

/** An unused id for another connection of a carrier. */
export function freeCarrierId(kind: Carrier['kind'], taken: string[]): string {
  for (let count = 1; ; count++) {
    const id = count === 1 ? firstIds[kind] : `${firstIds[kind]}-${count}`
    if (!taken.includes(id)) return id
  }
}

/** A number's name: its label, or the formatted number. */
export function useLineName(): (line: Pick<Line, 'label' | 'number'>) => string {
  const { country } = useMe().account
  return ({ label, number }) => label || formatPhone(number, country)
}

/** Text-back on or off at once; undone, with the reason, when the server refuses. */
export function useTextBackSwitch() {
  const queries = useQueryClient()
  const name = useLineName()
  const put = (number: string, enabled: boolean) => {
    const changed = (line: Line): Line =>
      line.number === number ? { ...line, textBack: { ...line.textBack, enabled } } : line
    queries.setQueryData<List<Line>>(numbersQuery.queryKey, (list) => list && { ...list, data: list.data.map(changed) })
    queries.setQueryData<Line>(numberQuery(number).queryKey, (line) => line && changed(line))
  }
  return useMutation({
    mutationFn: ({ line, enabled }: { line: Line; enabled: boolean }) =>
      api.patch<Line>(numberPath(line.number), { textBack: { enabled } }),
    onMutate: async ({ line, enabled }) => {
      await queries.cancelQueries({ queryKey: ['numbers'] })
      put(line.number, enabled)
    },
    onSuccess: (_, { line, enabled }) => toast.show(`Text-back is ${enabled ? 'on' : 'off'} for ${name(line)}.`),
    onError: (error, { line, enabled }) => {
      put(line.number, !enabled)
      toast.error(error)
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['numbers'] }),
  })
}

/** Sets the number's webhooks at its carrier again. */
export function useConfigure(number: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => api.post<Line>(`${numberPath(number)}/configure`),
    onError: (error) => toast.error(error),
    onSettled: () => queries.invalidateQueries({ queryKey: ['numbers'] }),
  })
}
