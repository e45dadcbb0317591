import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api.ts'
import * as auth from '../../auth.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { toast } from '../../parts/toast.tsx'
import { Front, linkLook } from '../../shell/front.tsx'

const route = getRouteApi('/sign-up')

/** Two steps behind one button; when only the first worked, the screen asks for the second alone. */
export function SignUpScreen() {
  const { back, step } = route.useSearch()
  const router = useRouter()
  const queries = useQueryClient()
  const [isSignedUp, setSignedUp] = useState(step === 'business')
  // An invited person joins an existing business.
  const isInvited = back?.startsWith('/accept-invitation') ?? false

  const form = useForm({ name: '', business: '', email: '', password: '' }, async (values) => {
    if (!isSignedUp) {
      await auth.signUp(values.name.trim(), values.email.trim(), values.password)
      setSignedUp(true)
    }
    if (!isInvited) {
      await auth.createBusiness(values.business.trim())
      await keepTimeZone()
    }
    queries.clear()
    router.history.push(back ?? '/today')
  })
  return (
    <Front
      title={isSignedUp ? 'Name your business' : 'Set up your business'}
      hint={isSignedUp ? 'Your callers will read it in each text.' : 'A few minutes from here to your first text-back.'}
      foot={
        isSignedUp || (
          <>
            Have you been here before?{' '}
            <Link to="/sign-in" search={{ back }} className={linkLook}>
              Sign in
            </Link>
          </>
        )
      }
    >
      <form onSubmit={form.submit} className="grid gap-5">
        <FormError error={form.problem} />
        {!isSignedUp && (
          <Field label="Your name">
            {(control) => <Input {...control} {...form.text('name')} autoComplete="name" required />}
          </Field>
        )}
        {!isInvited && (
          <Field label="Business name" hint={isSignedUp ? undefined : 'As your customers know it; it is in the texts.'}>
            {(control) => <Input {...control} {...form.text('business')} autoComplete="organization" required />}
          </Field>
        )}
        {!isSignedUp && (
          <>
            <Field label="Email">
              {(control) => (
                <Input {...control} {...form.text('email')} type="email" autoComplete="username" required />
              )}
            </Field>
            <Field label="Password" hint="8 characters or more.">
              {(control) => (
                <Input
                  {...control}
                  {...form.text('password')}
                  type="password"
                  autoComplete="new-password"
                  minLength={8}
                  required
                />
              )}
            </Field>
          </>
        )}
        <Button type="submit" kind="primary" size="large" pending={form.pending}>
          {isSignedUp ? 'Continue' : 'Create account'}
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
