import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import * as auth from '../../auth.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Front, linkLook } from '../../shell/front.tsx'
import { leave } from '../../shell/person-menu.tsx'

/** For somebody who is signed in and belongs to no business. */
export function NameBusiness({ isOpen }: { isOpen: boolean }) {
  const router = useRouter()
  const queries = useQueryClient()
  const form = useForm({ name: '' }, async ({ name }) => {
    // The browser's time zone is the best guess for the business's.
    await auth.openBusiness(name.trim(), Intl.DateTimeFormat().resolvedOptions().timeZone)
    queries.clear()
    router.history.push('/today')
  })
  const out = (
    <button type="button" className={linkLook} onClick={() => leave(auth.signOut)}>
      Sign out
    </button>
  )
  if (!isOpen)
    return (
      <Front title="You belong to no business" foot={out}>
        <p>Ask an owner to invite you, and open the link of the invitation.</p>
      </Front>
    )
  return (
    <Front title="Name your business" hint="Your callers will read it in each text." foot={out}>
      <form onSubmit={form.submit} className="grid gap-5">
        {!form.error('name') && <FormError error={form.problem} />}
        <Field label="Business name" error={form.error('name')}>
          {(control) => (
            <Input {...control} {...form.text('name')} autoComplete="organization" maxLength={80} required />
          )}
        </Field>
        <Button type="submit" kind="primary" size="large" pending={form.pending}>
          Continue
        </Button>
      </form>
    </Front>
  )
}
