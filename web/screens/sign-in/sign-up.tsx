import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import * as auth from '../../auth.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Front, linkLook } from '../../shell/front.tsx'
import { NameBusiness } from './name-business.tsx'
import { NothingCame } from './nothing-came.tsx'
import { invitationIn } from './search.ts'

const route = getRouteApi('/sign-up')

export function SignUpScreen() {
  const { back, step } = route.useSearch()
  const who = useQuery(auth.signUpQuery)
  // An invited person joins an existing business.
  const invitation = invitationIn(back)
  const signUp = who.data?.signUp
  if (step === 'business') return <NameBusiness isOpen={signUp !== 'invite' && signUp !== 'off'} />
  if (signUp === 'off' || (signUp === 'invite' && !invitation)) return <Closed signUp={signUp} />
  return <SignUpForm back={back} invitation={invitation} />
}

function Closed({ signUp }: { signUp: 'off' | 'invite' }) {
  return (
    <Front
      title={signUp === 'off' ? 'Sign-up is closed' : 'Sign-up is by invitation'}
      foot={
        <Link to="/sign-in" className={linkLook}>
          Sign in
        </Link>
      }
    >
      <p>
        {signUp === 'off'
          ? 'Whoever runs this Textback makes the users. Ask them for one.'
          : 'Ask an owner of your business to invite you, and open the link of the invitation.'}
      </p>
    </Front>
  )
}

/** The link in the mail makes the user, so the form only asks for that mail. */
function SignUpForm({ back, invitation }: { back: string | undefined; invitation: string | undefined }) {
  const [sentTo, setSentTo] = useState<string | null>(null)
  const form = useForm({ name: '', business: '', email: '', password: '' }, async (values) => {
    const email = values.email.trim()
    const comesFor = invitation ? { invitation } : { business: values.business.trim() }
    await auth.signUp({
      name: values.name.trim(),
      email,
      password: values.password,
      ...comesFor,
      ...(back && { callbackURL: back }),
    })
    setSentTo(email)
  })
  if (sentTo)
    return (
      <Front
        title="Look into your mail"
        foot={
          <button type="button" className={linkLook} onClick={() => setSentTo(null)}>
            Change the address
          </button>
        }
      >
        <p role="status">
          A link is on its way to <strong className="font-semibold">{sentTo}</strong>. Open it within a day and type
          your password again.
        </p>
        <NothingCame />
        <form onSubmit={form.submit} className="mt-5 grid gap-4">
          <FormError error={form.problem} />
          <Button type="submit" pending={form.pending} className="justify-self-start">
            Send it again
          </Button>
        </form>
      </Front>
    )
  return (
    <Front
      title={invitation ? 'Create an account' : 'Set up your business'}
      hint={invitation ? 'Use the address that was invited.' : 'A few minutes from here to your first text-back.'}
      foot={
        <>
          Have you been here before?{' '}
          <Link to="/sign-in" search={{ back }} className={linkLook}>
            Sign in
          </Link>
        </>
      }
    >
      <form onSubmit={form.submit} className="grid gap-5">
        <FormError error={form.problem} />
        <Field label="Your name" error={form.error('name')}>
          {(control) => <Input {...control} {...form.text('name')} autoComplete="name" maxLength={80} required />}
        </Field>
        {!invitation && (
          <Field
            label="Business name"
            hint="As your customers know it; it is in the texts."
            error={form.error('business')}
          >
            {(control) => (
              <Input {...control} {...form.text('business')} autoComplete="organization" maxLength={80} required />
            )}
          </Field>
        )}
        <Field label="Email" error={form.error('email')}>
          {(control) => <Input {...control} {...form.text('email')} type="email" autoComplete="username" required />}
        </Field>
        <Field label="Password" hint="8 characters or more." error={form.error('password')}>
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
          Create account
        </Button>
      </form>
    </Front>
  )
}
