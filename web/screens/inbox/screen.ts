import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { Inbox } from 'lucide-react'
import type { Shows } from '../../live.ts'
import { app } from '../../routes.ts'
import type { Place } from '../../screen.ts'
import { validateSearch } from './search.ts'

const inbox = createRoute({
  getParentRoute: () => app,
  path: '/inbox',
  validateSearch,
  component: lazyRouteComponent(() => import('./index.tsx'), 'InboxScreen'),
})

const nothingOpen = createRoute({
  getParentRoute: () => inbox,
  path: '/',
  component: lazyRouteComponent(() => import('./index.tsx'), 'NoConversation'),
})

const conversation = createRoute({
  getParentRoute: () => inbox,
  path: '$conversationId',
  component: lazyRouteComponent(() => import('./conversation.tsx'), 'ConversationScreen'),
})

export const routes = [inbox.addChildren([nothingOpen, conversation])] as const

export const place: Place = { to: '/inbox', label: 'Inbox', icon: Inbox, keys: 'g i' }

// The number that a reply leaves from depends on the numbers of the account.
export const shows: Shows = { conversations: ['messages', 'contacts', 'numbers'] }
