import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { Hash } from 'lucide-react'
import type { Shows } from '../../live.ts'
import { app } from '../../routes.ts'
import type { Place } from '../../screen.ts'
import { validateConnectSearch, validateNumberSearch, validateSearch } from './search.ts'

const numbers = createRoute({
  getParentRoute: () => app,
  path: '/numbers',
  validateSearch,
  component: lazyRouteComponent(() => import('./index.tsx'), 'NumbersScreen'),
})

const connect = createRoute({
  getParentRoute: () => app,
  path: '/numbers/connect',
  validateSearch: validateConnectSearch,
  component: lazyRouteComponent(() => import('./connect.tsx'), 'ConnectScreen'),
})

const number = createRoute({
  getParentRoute: () => app,
  path: '/numbers/$number',
  validateSearch: validateNumberSearch,
  component: lazyRouteComponent(() => import('./number.tsx'), 'NumberScreen'),
})

export const routes = [numbers, connect, number] as const

export const place: Place = { to: '/numbers', label: 'Numbers', icon: Hash, keys: 'g n' }

export const shows: Shows = { numbers: ['carriers'] }
