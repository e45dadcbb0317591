import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { PhoneMissed } from 'lucide-react'
import type { Shows } from '../../live.ts'
import { app } from '../../routes.ts'
import type { Place } from '../../screen.ts'
import { validateSearch } from './search.ts'

const calls = createRoute({
  getParentRoute: () => app,
  path: '/calls',
  validateSearch,
  component: lazyRouteComponent(() => import('./index.tsx'), 'CallsScreen'),
})

export const routes = [calls] as const

export const place: Place = { to: '/calls', label: 'Calls', icon: PhoneMissed, keys: 'g c' }

export const shows: Shows = { calls: ['contacts'] }
