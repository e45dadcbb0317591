import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { Smartphone } from 'lucide-react'
import { app } from '../../routes.ts'
import type { Place } from '../../screen.ts'
import { validateSearch } from './search.ts'

const simulator = createRoute({
  getParentRoute: () => app,
  path: '/simulator',
  validateSearch,
  component: lazyRouteComponent(() => import('./index.tsx'), 'SimulatorScreen'),
})

export const routes = [simulator] as const

export const place: Place = {
  to: '/simulator',
  label: 'Simulator',
  icon: Smartphone,
  keys: 'g m',
  isThere: (me) => me.simulator,
}
