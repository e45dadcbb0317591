import { useState } from 'react'
import * as auth from '../../auth.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { CodeInput } from '../../parts/second-factor-setup.tsx'
import { Front, linkLook } from '../../shell/front.tsx'

/** The second step of a sign-in: the code from the phone, or a recovery code. */
export function CodeStep({ onIn, onBack }: { onIn(): void; onBack(): void }) {
  const [isLost, setLost] = useState(false)
  const form = useForm({ code: '' }, async ({ code }) => {
    await (isLost ? auth.giveRecoveryCode(code) : auth.giveCode(code))
    onIn()
  })
  return (
    <Front
      title="Your second factor"
      hint={isLost ? 'One of the codes that you kept; each works once.' : 'The code that the app on your phone shows.'}
      foot={
        <button type="button" className={linkLook} onClick={onBack}>
          Back to the password
        </button>
      }
    >
      <form onSubmit={form.submit} className="grid gap-5">
        <FormError error={form.problem} />
        {isLost ? (
          <Field label="Recovery code">
            {(control) => <Input {...control} {...form.text('code')} autoComplete="off" required autoFocus />}
          </Field>
        ) : (
          <Field label="Code">{(control) => <CodeInput {...control} {...form.text('code')} autoFocus />}</Field>
        )}
        <Button type="submit" kind="primary" size="large" pending={form.pending}>
          Sign in
        </Button>
        <button
          type="button"
          className={`${linkLook} justify-self-center text-sm`}
          onClick={() => {
            form.reset()
            setLost(!isLost)
          }}
        >
          {isLost ? 'Use the code from your phone' : 'No phone at hand? Use a recovery code'}
        </button>
      </form>
    </Front>
  )
}
