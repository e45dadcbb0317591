import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import * as auth from '../../auth.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Front, linkLook } from '../../shell/front.tsx'
import { NothingCame } from './nothing-came.tsx'

export function ForgotPasswordScreen() {
  const [sentTo, setSentTo] = useState<string | null>(null)
  const form = useForm({ email: '' }, async ({ email }) => {
    await auth.requestPasswordReset(email.trim())
    setSentTo(email.trim())
  })
  const foot = (
    <Link to="/sign-in" className={linkLook}>
      Back to sign in
    </Link>
  )
  if (sentTo)
    return (
      <Front title="Look into your mail" foot={foot}>
        <p role="status">
          If somebody signs in with <strong className="font-semibold">{sentTo}</strong>, a link is on its way there. It
          works for an hour.
        </p>
        <NothingCame />
      </Front>
    )
  return (
    <Front title="Forgot your password?" hint="We mail you a link to choose a new one." foot={foot}>
      <form onSubmit={form.submit} className="grid gap-5">
        <FormError error={form.problem} />
        <Field label="Email">
          {(control) => <Input {...control} {...form.text('email')} type="email" autoComplete="username" required />}
        </Field>
        <Button type="submit" kind="primary" size="large" pending={form.pending}>
          Send the link
        </Button>
      </form>
    </Front>
  )
}
