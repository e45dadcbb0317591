import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { UsersRound } from 'lucide-react'
import type { Shows } from '../../live.ts'
import { app } from '../../routes.ts'
import type { Place } from '../../screen.ts'
import { validateListSearch, validateSearch } from './search.ts'

const contacts = createRoute({
  getParentRoute: () => app,
  path: '/contacts',
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import('./list.tsx'), 'ContactsScreen'),
})

const contact = createRoute({
  getParentRoute: () => app,
  path: '/contacts/$contactId',
  validateSearch,
  component: lazyRouteComponent(() => import('./index.tsx'), 'ContactScreen'),
})

export const routes = [contacts, contact] as const

// P as in people: C is taken.
export const place: Place = { to: '/contacts', label: 'Contacts', icon: UsersRound, keys: 'g p' }

export const shows: Shows = { contacts: ['calls', 'messages', 'leads', 'notes', 'events'] }
