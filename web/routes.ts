import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, Outlet, redirect } from '@tanstack/react-router'
import { ApiProblem } from './api.ts'
import { meQuery } from './me.ts'

/** The parent of the screens for people who are not signed in. */
export const root = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Outlet })

/** The parent of the screens for people who are signed in. router.tsx puts the shell around them. */
export const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(meQuery)
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      if (error.status === 401) throw redirect({ to: '/sign-in', search: { back: location.href } })
      if (error.reason === 'second_factor') throw redirect({ to: '/second-factor' })
      // The person signed up without naming a business, or left their last one.
      if (error.status === 403) throw redirect({ to: '/sign-up', search: { step: 'business' } })
      throw error
    }
  },
})
