import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { Sunrise } from 'lucide-react'
import type { Shows } from '../../live.ts'
import { app } from '../../routes.ts'
import type { Place } from '../../screen.ts'
import { validateSearch } from './search.ts'

const today = createRoute({
  getParentRoute: () => app,
  path: '/today',
  validateSearch,
  component: lazyRouteComponent(() => import('./index.tsx'), 'TodayScreen'),
})

export const routes = [today] as const

export const place: Place = { to: '/today', label: 'Today', icon: Sunrise, keys: 'g t' }

export const shows: Shows = { today: ['calls', 'messages', 'conversations', 'leads', 'day'] }
