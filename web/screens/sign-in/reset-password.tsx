import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import * as auth from '../../auth.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { toast } from '../../parts/toast.tsx'
import { Front, linkLook } from '../../shell/front.tsx'

const route = getRouteApi('/reset-password')

export function ResetPasswordScreen() {
  const { token } = route.useSearch()
  const navigate = useNavigate()
  const [isSpent, setSpent] = useState(false)
  const form = useForm({ password: '' }, async ({ password }) => {
    if (!(await auth.resetPassword(token ?? '', password))) return setSpent(true)
    toast.show('Your password is changed. Sign in with it.')
    await navigate({ to: '/sign-in' })
  })
  const again = (
    <Link to="/forgot-password" className={linkLook}>
      Ask for a new link
    </Link>
  )
  if (!token || isSpent)
    return (
      <Front title="This link does not work" foot={again}>
        <p>It is older than an hour, was used already, or lost its end on the way.</p>
      </Front>
    )
  return (
    <Front
      title="Choose a new password"
      hint="You will be signed out everywhere else."
      foot={form.problem && !form.error('newPassword') ? again : undefined}
    >
      <form onSubmit={form.submit} className="grid gap-5">
        {!form.error('newPassword') && <FormError error={form.problem} />}
        <Field label="New password" hint="8 characters or more." error={form.error('newPassword')}>
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
        <Button type="submit" kind="primary" size="large" pending={form.pending}>
          Save password
        </Button>
      </form>
    </Front>
  )
}
