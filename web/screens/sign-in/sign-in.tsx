import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiProblem } from '../../api.ts'
import * as auth from '../../auth.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Front, linkLook } from '../../shell/front.tsx'
import { CodeStep } from './code.tsx'
import { invitationIn } from './search.ts'

const route = getRouteApi('/sign-in')

export function SignInScreen() {
  const { back } = route.useSearch()
  const router = useRouter()
  const queries = useQueryClient()
  const signUp = useQuery(auth.signUpQuery)
  const [owesCode, setOwesCode] = useState(false)
  const form = useForm({ email: '', password: '' }, async ({ email, password }) => {
    if (await auth.signIn(email.trim(), password)) setOwesCode(true)
    else goOn()
  })
  const goOn = () => {
    queries.clear()
    router.history.push(back ?? '/today')
  }
  const backToPassword = () => {
    form.set({ password: '' })
    setOwesCode(false)
  }
  if (owesCode) return <CodeStep onIn={goOn} onBack={backToPassword} />
  const invitation = invitationIn(back)
  const mayComeIn = signUp.data && (signUp.data.signUp === 'open' || (invitation && signUp.data.signUp === 'invite'))
  return (
    <Front
      title="Sign in"
      hint="Every missed call, answered by text."
      foot={
        mayComeIn && (
          <>
            New here?{' '}
            <Link to="/sign-up" search={{ back }} className={linkLook}>
              {invitation ? 'Create an account' : 'Set up your business'}
            </Link>
          </>
        )
      }
    >
      <form onSubmit={form.submit} className="grid gap-5">
        <FormError error={form.problem} />
        {form.problem instanceof ApiProblem && form.problem.status === 401 && (
          <p className="text-muted text-sm">Have you just signed up? Open the link in your mail first.</p>
        )}
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
