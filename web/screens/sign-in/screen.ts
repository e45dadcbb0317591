import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '../../routes.ts'
import { validateBack, validateInvitation, validateProof, validateSignUp, validateToken } from './search.ts'

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: validateBack,
  component: lazyRouteComponent(() => import('./sign-in.tsx'), 'SignInScreen'),
})

const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  validateSearch: validateSignUp,
  component: lazyRouteComponent(() => import('./sign-up.tsx'), 'SignUpScreen'),
})

const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: lazyRouteComponent(() => import('./forgot-password.tsx'), 'ForgotPasswordScreen'),
})

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  validateSearch: validateToken,
  component: lazyRouteComponent(() => import('./reset-password.tsx'), 'ResetPasswordScreen'),
})

const proveAddress = createRoute({
  getParentRoute: () => root,
  path: '/prove-address',
  validateSearch: validateProof,
  component: lazyRouteComponent(() => import('./prove-address.tsx'), 'ProveAddressScreen'),
})

const secondFactor = createRoute({
  getParentRoute: () => root,
  path: '/second-factor',
  component: lazyRouteComponent(() => import('./second-factor.tsx'), 'SecondFactorScreen'),
})

const acceptInvitation = createRoute({
  getParentRoute: () => root,
  path: '/accept-invitation',
  validateSearch: validateInvitation,
  component: lazyRouteComponent(() => import('./accept-invitation.tsx'), 'AcceptInvitationScreen'),
})

export const routes = [
  signIn,
  signUp,
  forgotPassword,
  resetPassword,
  proveAddress,
  secondFactor,
  acceptInvitation,
] as const
