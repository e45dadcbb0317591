import { queryOptions, useQueryClient } from '@tanstack/react-query'
import { api, type List } from '../../api.ts'
import type { Contact, Conversation, Lead } from '../../types.ts'

export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: ['contacts', id],
    queryFn: ({ signal }) => api.get<Contact>(`/contacts/${id}`, {}, signal),
  })

/** Their leads, the newest first. */
export const leadsOfQuery = (contactId: string) =>
  queryOptions({
    queryKey: ['leads', 'of', contactId],
    queryFn: ({ signal }) => api.get<List<Lead>>('/leads', { contactId, limit: 50 }, signal),
    select: ({ data }: List<Lead>) => data,
  })

/** Their conversation; null when nothing was texted yet. */
export const conversationOfQuery = (contactId: string) =>
  queryOptions({
    queryKey: ['conversations', 'of', contactId],
    queryFn: ({ signal }) => api.get<List<Conversation>>('/conversations', { contactId, limit: 1 }, signal),
    select: ({ data }: List<Conversation>) => data[0] ?? null,
  })

type Change = Partial<Pick<Contact, 'name' | 'phone' | 'email' | 'tags' | 'fields'>>

/** Changes a contact, at once on the screen; back to what it was when the server does not take it, which throws. */
export function useChangeContact(id: string) {
  const queries = useQueryClient()
  const { queryKey } = contactQuery(id)
  return async (change: Change): Promise<void> => {
    const before = queries.getQueryData(queryKey)
    queries.setQueryData(queryKey, (now) => now && { ...now, ...change })
    try {
      queries.setQueryData(queryKey, await api.patch<Contact>(`/contacts/${id}`, change))
    } catch (error) {
      queries.setQueryData(queryKey, before)
      throw error
    }
  }
}
