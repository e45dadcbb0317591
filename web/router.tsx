import type { QueryClient } from '@tanstack/react-query'
import { createRoute, createRouter, redirect } from '@tanstack/react-router'
import { ErrorState } from './parts/error-state.tsx'
import { app, root } from './routes.ts'
import * as calls from './screens/calls/screen.ts'
import * as contacts from './screens/contacts/screen.ts'
import * as inbox from './screens/inbox/screen.ts'
import * as leads from './screens/leads/screen.ts'
import * as numbers from './screens/numbers/screen.ts'
import * as settings from './screens/settings/screen.ts'
import * as signIn from './screens/sign-in/screen.ts'
import * as simulator from './screens/simulator/screen.ts'
import * as today from './screens/today/screen.ts'
import { NotFoundHere, NotStarted, Starting } from './shell/edges.tsx'
import { Shell } from './shell/shell.tsx'

/** The screens of the shell, most used first. A phone's bar shows the first four places. */
const screens = [today, inbox, leads, calls, contacts, numbers, settings, simulator] as const

const home = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/today' })
  },
})

/** For a mistyped address: keeps the shell, or asks to sign in first. */
const nowhere = createRoute({ getParentRoute: () => app, path: '$', component: NotFoundHere })

type RouteInShell = (typeof screens)[number]['routes'][number]

const routeTree = root.addChildren([
  ...signIn.routes,
  app.addChildren([home, ...screens.flatMap<RouteInShell>(({ routes }) => routes), nowhere]),
])

app.update({
  component: () => <Shell screens={screens} />,
  pendingComponent: Starting,
  errorComponent: NotStarted,
})

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    // A screen's code is fetched when the pointer is on its link, so that it opens at once.
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
    defaultNotFoundComponent: NotFoundHere,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
