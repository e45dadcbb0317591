import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Opened, openBusiness, whoMaySignUpNow } from '../../actions/accounts/openAccount.ts'
import { mailProof, type Proven, proveAddress, signUp } from '../../actions/people/signUp.ts'
import type { World } from '../../actions/world.ts'
import { SIGN_UPS_FROM } from '../../domain/attempts.ts'
import { passwordFault } from '../../domain/passwords.ts'
import { isOwnPath } from '../../domain/redirect.ts'
import { asPlatform } from '../../store/db.ts'
import { findOpenInvitation } from '../../store/people/invitations.ts'
import type { Api } from '../api/types.ts'
import { invalid, Problem } from '../errors.ts'
import * as shapes from '../shapes/signUp.ts'
import { personWho } from '../who.ts'
import { addressGroup } from './addressGroup.ts'
import { webHeaders } from './headers.ts'
import { sessionOf } from './identify.ts'
import { inWords, waitSeconds } from './refusals.ts'
import { pass } from './routes.ts'
import type { Sessions } from './sessions.ts'

const hidden = { hide: true } as const

/** Becoming a user, and proving an address: our own routes beside those of better-auth. */
export async function signUpRoutes(app: Api, { world, sessions }: { world: World; sessions: Sessions }): Promise<void> {
  app.get(
    '/api/auth/sign-up',
    { config: { access: 'public' }, schema: { ...hidden, response: { 200: shapes.whoMaySignUp } } },
    async () => ({ signUp: await asPlatform(world.db, (tx) => whoMaySignUpNow(world, tx)), mail: world.hasMail }),
  )

  app.post(
    '/api/auth/sign-up/email',
    { config: { access: 'public' }, schema: { ...hidden, body: shapes.signUp, response: { 200: shapes.done } } },
    async (request) => {
      refuseOtherSites(request, world.publicUrl)
      const { name, email, password, business, invitation, callbackURL = null } = request.body
      const fault = passwordFault(password, [email, name, business ?? ''])
      if (fault) throw invalid([{ field: 'password', message: fault }])
      if (callbackURL !== null && !isOwnPath(callbackURL))
        throw invalid([{ field: 'callbackURL', message: 'must be a path of this site' }])
      await refuseUninvited(world, { email, invitation: invitation ?? null, opens: business !== undefined })
      const until = await world.limits.spend(SIGN_UPS_FROM, addressGroup(request.ip))
      if (until) throw waiting('Too many have signed up from here', until, world.now())
      await signUp(world, { name, email, password, business: business ?? null, back: callbackURL })
      return { status: true as const }
    },
  )

  app.post(
    '/api/auth/prove-address',
    { config: { access: 'public' }, schema: { ...hidden, body: shapes.proof, response: { 200: shapes.proven } } },
    async (request, reply) => {
      refuseOtherSites(request, world.publicUrl)
      const { token, password } = request.body
      const session = request.headers.cookie ? await sessionOf(request, world.db, sessions) : null
      const proven = await proveAddress(world, { token, password, userId: session?.user.id ?? null })
      if (proven.outcome === 'known') return { isNew: false, hasBusiness: true }
      if (proven.outcome !== 'new') throw notProven(proven, world.now())
      await signIn(sessions, request, reply, { email: proven.email, password })
      return { isNew: true, hasBusiness: proven.hasBusiness }
    },
  )

  app.post(
    '/api/auth/send-proof',
    { config: { access: 'person' }, schema: { ...hidden, response: { 200: shapes.done } } },
    async (request) => {
      const { userId, email, emailVerified } = personWho(request)
      if (emailVerified) throw new Problem(409, 'Your address is proven already', { detail: 'There is nothing to do.' })
      if ((await mailProof(world, { id: userId, email })) === 'too_many')
        throw new Problem(429, 'Enough mail for now', {
          detail: 'Look into your spam folder, or try again in an hour.',
        })
      return { status: true as const }
    },
  )

  app.post(
    '/api/v1/accounts',
    {
      config: { access: 'person' },
      schema: {
        tags: ['Settings'],
        summary: 'Open a business of one’s own; for people who are signed in',
        body: shapes.newAccount,
        response: { 201: shapes.opened },
      },
    },
    async (request, reply) => {
      const { name, timezone } = request.body
      const opened = await openBusiness(world, personWho(request), { name, timezone: timezone ?? null })
      if (opened.outcome !== 'opened') throw notOpened(opened)
      return reply.code(201).send({ id: opened.accountId, name })
    },
  )
}

const noNewBusinesses = () =>
  new Problem(403, 'This Textback takes no new businesses', {
    detail: 'Whoever runs it can open sign-up, or invite you into a business that is here.',
  })

function notOpened(opened: Exclude<Opened, { outcome: 'opened' }>): Problem {
  switch (opened.outcome) {
    case 'unproven':
      return new Problem(403, 'Prove your address first', { detail: 'Ask for the mail with the link, and open it.' })
    case 'too_many':
      return new Problem(429, 'Enough businesses for today', { detail: 'Try again tomorrow.' })
    case 'wrong_timezone':
      return invalid([{ field: 'timezone', message: opened.message }])
    case 'closed':
      return noNewBusinesses()
  }
}

/** Nobody may sign up, or only somebody with an invitation to that address. */
async function refuseUninvited(
  world: World,
  person: { email: string; invitation: string | null; opens: boolean },
): Promise<void> {
  const { signUp, invited } = await asPlatform(world.db, async (tx) => ({
    signUp: await whoMaySignUpNow(world, tx),
    invited: person.invitation ? await findOpenInvitation(tx, person.invitation, world.now()) : null,
  }))
  if (signUp === 'off')
    throw new Problem(403, 'Sign-up is closed', { detail: 'Whoever runs this Textback makes the users.' })
  if (person.opens) {
    if (signUp !== 'open') throw noNewBusinesses()
    return
  }
  if (!invited)
    throw new Problem(403, 'Sign-up needs an invitation', {
      detail: 'Open the link of the invitation again. If it has ended, ask for a new one.',
    })
  if (invited.email.toLowerCase() !== person.email)
    throw invalid([{ field: 'email', message: 'is not the address that was invited' }])
}

/** A form of another site must not sign anybody up, or in as somebody else. */
function refuseOtherSites(request: FastifyRequest, publicUrl: string): void {
  const { origin } = request.headers
  if (origin !== undefined && origin !== new URL(publicUrl).origin)
    throw new Problem(403, 'This request comes from another site', { detail: `It is taken from ${publicUrl} only.` })
}

function waiting(title: string, until: Date, now: Date): Problem {
  return new Problem(429, title, { detail: `Try again in ${inWords(waitSeconds(until, now))}.` })
}

function notProven(proven: Exclude<Proven, { outcome: 'new' | 'known' }>, now: Date): Problem {
  switch (proven.outcome) {
    case 'gone':
      return new Problem(400, 'This link does not work', {
        detail: 'It is older than a day, or was used already. Sign in, or sign up again for a new one.',
      })
    case 'wrong_password':
      return invalid([{ field: 'password', message: 'is not the one that you chose when you signed up' }])
    case 'wait':
      return waiting('Too many wrong passwords', proven.until, now)
    case 'sign_in_first':
      return new Problem(401, 'Sign in first', { detail: 'This link works for whoever asked for it, signed in.' })
    case 'closed':
      return proven.signUp === 'off'
        ? new Problem(403, 'Sign-up is closed', { detail: 'Whoever runs this Textback makes the users.' })
        : noNewBusinesses()
  }
}

/** Signs in as the form does, so that all its rules hold, and hands its cookies on. */
async function signIn(
  sessions: Sessions,
  request: FastifyRequest,
  reply: FastifyReply,
  body: { email: string; password: string },
): Promise<void> {
  const headers = webHeaders(request)
  headers.delete('cookie')
  const answer = await pass(sessions, { method: 'POST', path: '/sign-in/email', headers, body: JSON.stringify(body) })
  const cookies = answer.headers.getSetCookie()
  if (cookies.length > 0) reply.header('set-cookie', cookies)
}
