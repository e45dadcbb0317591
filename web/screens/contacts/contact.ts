import { infiniteQueryOptions, queryOptions, useQueryClient } from '@tanstack/react-query'
import { api, type List } from '../../api.ts'
import { inTurn } from '../../queries.ts'
import type { Contact } from '../../types/contacts.ts'
import type { Conversation } from '../../types/conversations.ts'
import type { Lead } from '../../types/leads.ts'
import type { ListSearch } from './search.ts'
import type { ContactChange } from './types.ts'

/** About three screens of rows. */
const PAGE = 40

export const contactsQuery = (filter: ListSearch) =>
  infiniteQueryOptions({
    queryKey: ['contacts', 'list', filter],
    queryFn: ({ signal, pageParam }) =>
      api.get<List<Contact>>('/contacts', { ...filter, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: ({ pages }) => pages.flatMap(({ data }) => data),
  })

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

/** Changes a contact, on the screen at once; undoes that and throws when the server refuses. */
export function useChangeContact(id: string) {
  const queries = useQueryClient()
  const { queryKey } = contactQuery(id)
  return async (change: ContactChange): Promise<void> => {
    // Running requests were sent before this change.
    await queries.cancelQueries({ queryKey, exact: true })
    const before = queries.getQueryData(queryKey)
    queries.setQueryData(queryKey, (now) => now && changed(now, change))
    try {
      const { answer, isLast } = await inTurn(queries, `contact ${id}`, () =>
        api.patch<Contact>(`/contacts/${id}`, change),
      )
      if (isLast) queries.setQueryData(queryKey, answer)
    } catch (error) {
      queries.setQueryData(queryKey, before)
      queries.invalidateQueries({ queryKey, exact: true })
      throw error
    }
  }
}

function changed(contact: Contact, change: ContactChange): Contact {
  const { addTags = [], removeTags = [], fields = {}, addAddresses: _, removeAddresses = [], ...plain } = change
  const kept = contact.addresses.filter(({ address }) => !removeAddresses.includes(address))
  // A new phone may be typed in any format: the server's answer has the stored one.
  const addresses = kept.toSorted((a, b) => Number(b.address === plain.phone) - Number(a.address === plain.phone))
  return {
    ...contact,
    ...plain,
    addresses: addresses.map((one, position) => ({ ...one, primary: position === 0 })),
    tags: [...new Set([...contact.tags, ...addTags])].filter((tag) => !removeTags.includes(tag)),
    fields: Object.fromEntries(Object.entries({ ...contact.fields, ...fields }).filter(([, value]) => value !== null)),
  }
}
