import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { ApiProblem } from './api.ts'
import { meQuery } from './me.ts'
import { ErrorState } from './parts/error-state.tsx'
import * as calls from './screens/calls/search.ts'
import * as contacts from './screens/contacts/search.ts'
import * as inbox from './screens/inbox/search.ts'
import * as leads from './screens/leads/search.ts'
import * as numbers from './screens/numbers/search.ts'
import * as settings from './screens/settings/search.ts'
import * as signIn from './screens/sign-in/search.ts'
import * as simulator from './screens/simulator/search.ts'
import * as today from './screens/today/search.ts'
import { NotFoundHere, NotStarted, Starting } from './shell/edges.tsx'
import { Shell } from './shell/shell.tsx'

/**
 * Every address of the app. A screen is a folder under screens/: its index.tsx is fetched when it is first opened, its
 * search.ts says which `?…` it understands.
 */
const root = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Outlet })

// Without an account: signing in, and what leads to it ------------------------------------------------------------------

const signInRoute = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: signIn.validateBack,
  component: lazyRouteComponent(() => import('./screens/sign-in/sign-in.tsx'), 'SignInScreen'),
})

const signUpRoute = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  validateSearch: signIn.validateSignUp,
  component: lazyRouteComponent(() => import('./screens/sign-in/sign-up.tsx'), 'SignUpScreen'),
})

const forgotPasswordRoute = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: lazyRouteComponent(() => import('./screens/sign-in/forgot-password.tsx'), 'ForgotPasswordScreen'),
})

const resetPasswordRoute = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  validateSearch: signIn.validateToken,
  component: lazyRouteComponent(() => import('./screens/sign-in/reset-password.tsx'), 'ResetPasswordScreen'),
})

const acceptInvitationRoute = createRoute({
  getParentRoute: () => root,
  path: '/accept-invitation',
  validateSearch: signIn.validateInvitation,
  component: lazyRouteComponent(() => import('./screens/sign-in/accept-invitation.tsx'), 'AcceptInvitationScreen'),
})

// Inside the shell, signed in -------------------------------------------------------------------------------------------

const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  component: Shell,
  pendingComponent: Starting,
  errorComponent: NotStarted,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(meQuery)
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      if (error.status === 401) throw redirect({ to: '/sign-in', search: { back: location.href } })
      // Signed up, but the business was never named, or the last one was left.
      if (error.status === 403) throw redirect({ to: '/sign-up', search: { step: 'business' } })
      throw error
    }
  },
})

const homeRoute = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/today' })
  },
})

const todayRoute = createRoute({
  getParentRoute: () => app,
  path: '/today',
  validateSearch: today.validateSearch,
  component: lazyRouteComponent(() => import('./screens/today/index.tsx'), 'TodayScreen'),
})

const inboxRoute = createRoute({
  getParentRoute: () => app,
  path: '/inbox',
  validateSearch: inbox.validateSearch,
  component: lazyRouteComponent(() => import('./screens/inbox/index.tsx'), 'InboxScreen'),
})

const inboxIndexRoute = createRoute({
  getParentRoute: () => inboxRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./screens/inbox/index.tsx'), 'NoConversation'),
})

const conversationRoute = createRoute({
  getParentRoute: () => inboxRoute,
  path: '$conversationId',
  component: lazyRouteComponent(() => import('./screens/inbox/conversation.tsx'), 'ConversationScreen'),
})

const leadsRoute = createRoute({
  getParentRoute: () => app,
  path: '/leads',
  validateSearch: leads.validateSearch,
  component: lazyRouteComponent(() => import('./screens/leads/index.tsx'), 'LeadsScreen'),
})

const contactsRoute = createRoute({
  getParentRoute: () => app,
  path: '/contacts',
  validateSearch: contacts.validateListSearch,
  component: lazyRouteComponent(() => import('./screens/contacts/list.tsx'), 'ContactsScreen'),
})

const contactRoute = createRoute({
  getParentRoute: () => app,
  path: '/contacts/$contactId',
  validateSearch: contacts.validateSearch,
  component: lazyRouteComponent(() => import('./screens/contacts/index.tsx'), 'ContactScreen'),
})

const callsRoute = createRoute({
  getParentRoute: () => app,
  path: '/calls',
  validateSearch: calls.validateSearch,
  component: lazyRouteComponent(() => import('./screens/calls/index.tsx'), 'CallsScreen'),
})

const numbersRoute = createRoute({
  getParentRoute: () => app,
  path: '/numbers',
  validateSearch: numbers.validateSearch,
  component: lazyRouteComponent(() => import('./screens/numbers/index.tsx'), 'NumbersScreen'),
})

const connectRoute = createRoute({
  getParentRoute: () => app,
  path: '/numbers/connect',
  validateSearch: numbers.validateConnectSearch,
  component: lazyRouteComponent(() => import('./screens/numbers/connect.tsx'), 'ConnectScreen'),
})

const numberRoute = createRoute({
  getParentRoute: () => app,
  path: '/numbers/$number',
  validateSearch: numbers.validateNumberSearch,
  component: lazyRouteComponent(() => import('./screens/numbers/number.tsx'), 'NumberScreen'),
})

const settingsRoute = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  validateSearch: settings.validateSearch,
  component: lazyRouteComponent(() => import('./screens/settings/index.tsx'), 'SettingsScreen'),
})

const settingsIndexRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/',
  beforeLoad: () => {
    // Tailwind's `lg`: from there on the list of the sections is at the left anyway.
    if (matchMedia('(min-width: 64rem)').matches) throw redirect({ to: '/settings/business', replace: true })
  },
  component: lazyRouteComponent(() => import('./screens/settings/index.tsx'), 'SettingsIndex'),
})

const businessRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'business',
  component: lazyRouteComponent(() => import('./screens/settings/business.tsx'), 'BusinessScreen'),
})

const closingRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'closing',
  component: lazyRouteComponent(() => import('./screens/settings/closing.tsx'), 'ClosingScreen'),
})

const peopleRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'people',
  component: lazyRouteComponent(() => import('./screens/settings/people.tsx'), 'PeopleScreen'),
})

const carriersRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'carriers',
  component: lazyRouteComponent(() => import('./screens/settings/carriers.tsx'), 'CarriersScreen'),
})

const pipelineRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'pipeline',
  component: lazyRouteComponent(() => import('./screens/settings/pipeline.tsx'), 'PipelineScreen'),
})

const cannedRepliesRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'canned-replies',
  component: lazyRouteComponent(() => import('./screens/settings/canned-replies.tsx'), 'CannedRepliesScreen'),
})

const optOutsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'opt-outs',
  component: lazyRouteComponent(() => import('./screens/settings/opt-outs.tsx'), 'OptOutsScreen'),
})

const listsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'lists',
  component: lazyRouteComponent(() => import('./screens/settings/lists.tsx'), 'ListsScreen'),
})

const apiKeysRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'api-keys',
  component: lazyRouteComponent(() => import('./screens/settings/api-keys.tsx'), 'ApiKeysScreen'),
})

const auditRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'audit',
  component: lazyRouteComponent(() => import('./screens/settings/audit.tsx'), 'AuditScreen'),
})

const simulatorRoute = createRoute({
  getParentRoute: () => app,
  path: '/simulator',
  validateSearch: simulator.validateSearch,
  component: lazyRouteComponent(() => import('./screens/simulator/index.tsx'), 'SimulatorScreen'),
})

/** A mistyped address: one stays among the places, or signs in first. */
const nowhereRoute = createRoute({ getParentRoute: () => app, path: '$', component: NotFoundHere })

const routeTree = root.addChildren([
  signInRoute,
  signUpRoute,
  forgotPasswordRoute,
  resetPasswordRoute,
  acceptInvitationRoute,
  app.addChildren([
    homeRoute,
    todayRoute,
    inboxRoute.addChildren([inboxIndexRoute, conversationRoute]),
    leadsRoute,
    contactsRoute,
    contactRoute,
    callsRoute,
    numbersRoute,
    connectRoute,
    numberRoute,
    settingsRoute.addChildren([
      settingsIndexRoute,
      businessRoute,
      closingRoute,
      peopleRoute,
      carriersRoute,
      pipelineRoute,
      cannedRepliesRoute,
      optOutsRoute,
      listsRoute,
      apiKeysRoute,
      auditRoute,
    ]),
    simulatorRoute,
    nowhereRoute,
  ]),
])

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    // A screen's code is fetched when one points at the link, so that it opens at once.
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
