import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Plus, SearchX, UsersRound, X } from 'lucide-react'
import { lazy, Suspense, useRef, useState } from 'react'
import { useCommands } from '../../commands.ts'
import { useKeys } from '../../keys.ts'
import { Button } from '../../parts/button.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { More } from '../../parts/more.tsx'
import { Page } from '../../parts/page.tsx'
import { SearchInput } from '../../parts/search-input.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { contactsQuery } from './contact.ts'
import { focusRow, Rows } from './rows.tsx'
import type { ListSearch } from './search.ts'

const NewContact = lazy(() => import('./new-contact.tsx').then(({ NewContact }) => ({ default: NewContact })))

const route = getRouteApi('/app/contacts')

/** All contacts, with or without a conversation or a lead. */
export function ContactsScreen() {
  const filter = route.useSearch()
  const navigate = useNavigate({ from: '/contacts' })
  const query = useInfiniteQuery({ ...contactsQuery(filter), placeholderData: keepPreviousData })
  const [adding, setAdding] = useState(false)
  const searchInput = useRef<HTMLInputElement>(null)
  const contacts = query.data ?? []
  const isFiltered = Object.keys(filter).length > 0
  const set = (change: Partial<ListSearch>) => navigate({ search: (now) => ({ ...now, ...change }), replace: true })
  const add = () => setAdding(true)

  useKeys('Contacts', {
    j: ['Next contact', () => focusRow(1)],
    k: ['Contact before', () => focusRow(-1)],
    '/': ['Search contacts', () => searchInput.current?.focus()],
    n: ['New contact', add],
  })
  useCommands([{ id: 'new-contact', section: 'Contacts', label: 'New contact', icon: Plus, shortcut: 'n', run: add }])

  return (
    <Page
      title="Contacts"
      actions={
        <Button kind="primary" onClick={add}>
          <Plus aria-hidden />
          New contact
        </Button>
      }
    >
      <search className="mb-4 grid gap-2">
        <div className="sm:max-w-sm">
          <SearchInput
            ref={searchInput}
            label="Search contacts by name, email or phone"
            placeholder="Name, email or phone"
            value={filter.search ?? ''}
            onSearch={(text) => set({ search: text || undefined })}
          />
        </div>
        {filter.tag && (
          <Button size="small" className="max-w-full justify-self-start" onClick={() => set({ tag: undefined })}>
            <span className="truncate">Only tagged “{filter.tag}”</span>
            <X aria-label="Show everybody" />
          </Button>
        )}
      </search>
      {query.error && contacts.length === 0 ? (
        <ErrorState error={query.error} onRetry={query.refetch} />
      ) : query.isPending ? (
        <SkeletonRows />
      ) : contacts.length > 0 ? (
        <>
          <Rows contacts={contacts} />
          <More hasMore={query.hasNextPage} pending={query.isFetchingNextPage} onMore={query.fetchNextPage} />
        </>
      ) : isFiltered ? (
        <EmptyState
          icon={SearchX}
          title="Nobody fits"
          action={<Button onClick={() => navigate({ search: {}, replace: true })}>Show everybody</Button>}
        >
          Names, emails and phones are found by how they begin; a phone also by its last four digits.
        </EmptyState>
      ) : (
        <EmptyState icon={UsersRound} title="No contacts yet" action={<Button onClick={add}>New contact</Button>}>
          Whoever calls or texts one of your numbers is added for you. Those whom you know already you add by hand.
        </EmptyState>
      )}
      <Suspense>{adding && <NewContact onClose={() => setAdding(false)} />}</Suspense>
    </Page>
  )
}
