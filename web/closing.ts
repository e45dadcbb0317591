import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from './api.ts'
import { toast } from './parts/toast.tsx'
import type { Closing } from './types/closing.ts'

/** Whether the business is being closed; the banner and the settings show it. */
export const closingQuery = queryOptions({
  queryKey: ['closing'],
  queryFn: ({ signal }) => api.get<Closing>('/account/closing', {}, signal),
})

/** Lets an owner take the closing back. */
export function useKeepBusiness() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => api.delete('/account/closing'),
    onSuccess: () => toast.show('The business stays. Missed calls are texted back as before.'),
    onError: (error) => toast.error(error),
    onSettled: () => queries.invalidateQueries({ queryKey: closingQuery.queryKey }),
  })
}
