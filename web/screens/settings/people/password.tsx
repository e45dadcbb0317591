import { useQueryClient } from '@tanstack/react-query'
import { useForm } from '../../../form.ts'
import { useMe } from '../../../me.ts'
import { Button } from '../../../parts/button.tsx'
import { Card } from '../../../parts/card.tsx'
import { FormError } from '../../../parts/error-state.tsx'
import { Field } from '../../../parts/field.tsx'
import { Input } from '../../../parts/input.tsx'
import { toast } from '../../../parts/toast.tsx'
import * as membership from './membership.ts'

export function Password() {
  const { account, user } = useMe()
  const queries = useQueryClient()
  const form = useForm({ currentPassword: '', newPassword: '' }, async (values) => {
    await membership.changePassword(account.id, values.currentPassword, values.newPassword)
    form.reset()
    toast.show('Password changed. You are signed out everywhere else.')
    await queries.invalidateQueries({ queryKey: ['sessions'] })
  })
  return (
    <Card title="Your password" hint="A new one signs you out on every other device.">
      <form onSubmit={form.submit} className="grid gap-5">
        {form.problem !== null && !form.error('currentPassword') && !form.error('newPassword') && (
          <FormError error={form.problem} />
        )}
        {/* Tells password managers the account. */}
        <input type="email" autoComplete="username" value={user?.email ?? ''} readOnly hidden />
        <div className="grid items-start gap-5 sm:grid-cols-2">
          <Field label="Current password" error={form.error('currentPassword')}>
            {(control) => (
              <Input
                {...control}
                {...form.text('currentPassword')}
                type="password"
                autoComplete="current-password"
                required
              />
            )}
          </Field>
          <Field label="New password" hint="8 characters or more." error={form.error('newPassword')}>
            {(control) => (
              <Input
                {...control}
                {...form.text('newPassword')}
                type="password"
                autoComplete="new-password"
                minLength={8}
                required
              />
            )}
          </Field>
        </div>
        <div>
          <Button type="submit" pending={form.pending}>
            Change password
          </Button>
        </div>
      </form>
    </Card>
  )
}
