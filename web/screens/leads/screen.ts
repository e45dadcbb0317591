import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { SquareKanban } from 'lucide-react'
import type { Shows } from '../../live.ts'
import { app } from '../../routes.ts'
import type { Place } from '../../screen.ts'
import { validateSearch } from './search.ts'

const leads = createRoute({
  getParentRoute: () => app,
  path: '/leads',
  validateSearch,
  component: lazyRouteComponent(() => import('./index.tsx'), 'LeadsScreen'),
})

export const routes = [leads] as const

export const place: Place = { to: '/leads', label: 'Leads', icon: SquareKanban, keys: 'g l' }

export const shows: Shows = {
  leads: ['conversations', 'contacts', 'events'],
  pipelines: ['leads', 'events'],
}
