import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { Settings } from 'lucide-react'
import type { Shows } from '../../live.ts'
import { app } from '../../routes.ts'
import type { Place } from '../../screen.ts'
import { validateSearch, validateWebhookSearch } from './search.ts'

const settings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  validateSearch,
  component: lazyRouteComponent(() => import('./index.tsx'), 'SettingsScreen'),
})

const index = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    // Tailwind's `lg`: from this width on the list of sections is at the left anyway.
    if (matchMedia('(min-width: 64rem)').matches) throw redirect({ to: '/settings/business', replace: true })
  },
  component: lazyRouteComponent(() => import('./index.tsx'), 'SettingsIndex'),
})

const business = createRoute({
  getParentRoute: () => settings,
  path: 'business',
  component: lazyRouteComponent(() => import('./business.tsx'), 'BusinessScreen'),
})

const closing = createRoute({
  getParentRoute: () => settings,
  path: 'closing',
  component: lazyRouteComponent(() => import('./closing.tsx'), 'ClosingScreen'),
})

const people = createRoute({
  getParentRoute: () => settings,
  path: 'people',
  component: lazyRouteComponent(() => import('./people.tsx'), 'PeopleScreen'),
})

const carriers = createRoute({
  getParentRoute: () => settings,
  path: 'carriers',
  component: lazyRouteComponent(() => import('./carriers.tsx'), 'CarriersScreen'),
})

const pipeline = createRoute({
  getParentRoute: () => settings,
  path: 'pipeline',
  component: lazyRouteComponent(() => import('./pipeline.tsx'), 'PipelineScreen'),
})

const cannedReplies = createRoute({
  getParentRoute: () => settings,
  path: 'canned-replies',
  component: lazyRouteComponent(() => import('./canned-replies.tsx'), 'CannedRepliesScreen'),
})

const optOuts = createRoute({
  getParentRoute: () => settings,
  path: 'opt-outs',
  component: lazyRouteComponent(() => import('./opt-outs.tsx'), 'OptOutsScreen'),
})

const lists = createRoute({
  getParentRoute: () => settings,
  path: 'lists',
  component: lazyRouteComponent(() => import('./lists.tsx'), 'ListsScreen'),
})

const apiKeys = createRoute({
  getParentRoute: () => settings,
  path: 'api-keys',
  component: lazyRouteComponent(() => import('./api-keys.tsx'), 'ApiKeysScreen'),
})

const webhooks = createRoute({
  getParentRoute: () => settings,
  path: 'webhooks',
  component: lazyRouteComponent(() => import('./webhooks.tsx'), 'WebhooksScreen'),
})

const webhook = createRoute({
  getParentRoute: () => settings,
  path: 'webhooks/$webhookId',
  validateSearch: validateWebhookSearch,
  component: lazyRouteComponent(() => import('./webhooks/webhook.tsx'), 'WebhookScreen'),
})

const audit = createRoute({
  getParentRoute: () => settings,
  path: 'audit',
  component: lazyRouteComponent(() => import('./audit.tsx'), 'AuditScreen'),
})

/** sections.ts has their names and icons: only this screen shows them, so they load with it. */
const sections = [
  business,
  people,
  carriers,
  pipeline,
  cannedReplies,
  optOuts,
  lists,
  apiKeys,
  webhooks,
  audit,
] as const

export const routes = [settings.addChildren([index, closing, webhook, ...sections])] as const

export const place: Place = { to: '/settings', label: 'Settings', icon: Settings, keys: 'g s' }

// The feed has no rows for settings; each change leaves an event.
export const shows: Shows = {
  audit: ['events'],
  settings: ['events'],
  closing: ['events'],
  people: ['events'],
  'api-keys': ['events'],
  'opt-outs': ['events'],
  'listed-phones': ['events'],
  webhooks: ['webhook-deliveries'],
}
