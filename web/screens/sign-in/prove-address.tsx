import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { ApiProblem, api } from '../../api.ts'
import * as auth from '../../auth.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { toast } from '../../parts/toast.tsx'
import { Starting } from '../../shell/edges.tsx'
import { Front, linkLook } from '../../shell/front.tsx'

const route = getRouteApi('/prove-address')

/** Behind the link in the mail: the end of a sign-up, or the proof of somebody who is here already. */
export function ProveAddressScreen() {
  const { token = '', back } = route.useSearch()
  const router = useRouter()
  const queries = useQueryClient()
  const session = useQuery(auth.sessionQuery)
  const isKnown = session.data?.user.emailVerified === false
  const form = useForm({ password: '' }, async ({ password }) => {
    const { isNew, hasBusiness } = await auth.proveAddress(token, password)
    queries.clear()
    if (isNew && hasBusiness) await keepTimeZone()
    if (!isNew) toast.show('Your address is proven')
    router.history.push(back ?? '/today')
  })
  if (session.isPending) return <Starting />
  const isLost = form.problem instanceof ApiProblem && form.problem.status === 401
  return (
    <Front
      title="Is this your address?"
      hint={isKnown ? session.data?.user.email : 'Type the password that you chose when you signed up.'}
      foot={
        <>
          Does the link not work?{' '}
          <Link to={isLost ? '/sign-in' : '/sign-up'} search={{ back }} className={linkLook}>
            {isLost ? 'Sign in first' : 'Sign up again'}
          </Link>
        </>
      }
    >
      <form onSubmit={form.submit} className="grid gap-5">
        {!form.error('password') && <FormError error={form.problem} />}
        {!isKnown && (
          <Field label="Password" error={form.error('password')}>
            {(control) => (
              <Input {...control} {...form.text('password')} type="password" autoComplete="current-password" required />
            )}
          </Field>
        )}
        <Button type="submit" kind="primary" size="large" pending={form.pending}>
          {isKnown ? 'Yes, it is mine' : 'Continue'}
        </Button>
      </form>
    </Front>
  )
}

/** The browser's time zone is the best guess for the business's; a failure is reported, but stops nothing. */
async function keepTimeZone(): Promise<void> {
  try {
    await api.patch('/settings', { timezone: Intl.DateTimeFormat().resolvedOptions().timeZone })
  } catch {
    toast.show('Choose your time zone under Settings → Business.')
  }
}
