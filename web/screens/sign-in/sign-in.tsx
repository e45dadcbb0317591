import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import * as auth from '../../auth.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Front, linkLook } from '../../shell/front.tsx'

const route = getRouteApi('/sign-in')

export function SignInScreen() {
  const { back } = route.useSearch()
  const router = useRouter()
  const queries = useQueryClient()
  const form = useForm({ email: '', password: '' }, async ({ email, password }) => {
    await auth.signIn(email.trim(), password)
    queries.clear()
    router.history.push(back ?? '/today')
  })
  return (
    <Front
      title="Sign in"
      hint="Every missed call, answered by text."
      foot={
        <>
          New here?{' '}
          <Link to="/sign-up" search={{ back }} className={linkLook}>
            Set up your business
          </Link>
        </>
      }
    >
      <form onSubmit={form.submit} className="grid gap-5">
        <FormError error={form.problem} />
        <Field label="Email">
          {(control) => <Input {...control} {...form.text('email')} type="email" autoComplete="username" required />}
        </Field>
        <Field label="Password">
          {(control) => (
            <Input {...control} {...form.text('password')} type="password" autoComplete="current-password" required />
          )}
        </Field>
        <Button type="submit" kind="primary" size="large" pending={form.pending}>
          Sign in
        </Button>
        <Link to="/forgot-password" className={`${linkLook} justify-self-center text-sm`}>
          Forgot your password?
        </Link>
      </form>
    </Front>
  )
}
