import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link2, Mail, X } from 'lucide-react'
import { useRef, useState } from 'react'
import { useForm } from '../../../form.ts'
import { useMe } from '../../../me.ts'
import { Button } from '../../../parts/button.tsx'
import { Card } from '../../../parts/card.tsx'
import { CopyField } from '../../../parts/copy-field.tsx'
import { Dialog } from '../../../parts/dialog.tsx'
import { ErrorState, FormError } from '../../../parts/error-state.tsx'
import { Field } from '../../../parts/field.tsx'
import { IconButton } from '../../../parts/icon-button.tsx'
import { Input } from '../../../parts/input.tsx'
import { Select } from '../../../parts/select.tsx'
import { Time } from '../../../parts/time.tsx'
import { toast } from '../../../parts/toast.tsx'
import * as membership from './membership.ts'

const linkOf = (id: string) => `${location.origin}/accept-invitation?id=${encodeURIComponent(id)}`

/** The open invitations, for owners. */
export function Invitations() {
  const { account, role } = useMe()
  const isOwner = role === 'owner'
  const invitations = useQuery({ ...membership.invitationsQuery(account.id), enabled: isOwner })
  const queries = useQueryClient()
  const [shown, setShown] = useState<membership.Invitation | null>(null)
  const email = useRef<HTMLInputElement>(null)
  const refresh = () => queries.invalidateQueries({ queryKey: ['people', 'invitations'] })

  const form = useForm({ email: '', role: 'member' as membership.Role }, async (values) => {
    const invitation = await membership.invite(account.id, values.email.trim(), values.role)
    form.reset()
    setShown(invitation)
    await refresh()
  })
  const takeBack = useMutation({
    mutationFn: ({ id }: membership.Invitation) => membership.takeBack(id),
    onSuccess: (_, { email, role }) =>
      toast.undo(`The invitation of ${email} is taken back`, () =>
        membership.invite(account.id, email, role).then(refresh, toast.error),
      ),
    onError: (error) => toast.error(error),
    onSettled: refresh,
  })

  if (!isOwner) return null
  if (invitations.error) return <ErrorState error={invitations.error} onRetry={() => invitations.refetch()} />
  const pending = invitations.data ?? []
  return (
    <Card title="Invitations" hint="An invitation works for two days, once, and for its address only." className="p-0">
      <form onSubmit={form.submit} className="grid gap-4 border-border border-b p-4 sm:p-5">
        {form.problem !== null && !form.error('email') && <FormError error={form.problem} />}
        <div className="grid items-start gap-4 sm:grid-cols-[1fr_9rem_auto]">
          <Field label="Email" error={form.error('email')}>
            {(control) => (
              <Input
                {...control}
                {...form.text('email')}
                ref={email}
                type="email"
                autoComplete="off"
                placeholder="name@example.com"
                required
              />
            )}
          </Field>
          <Field label="Role">
            {(control) => (
              <Select {...control} {...form.text('role')}>
                <option value="member">Member</option>
                <option value="owner">Owner</option>
              </Select>
            )}
          </Field>
          <Button type="submit" kind="primary" pending={form.pending} className="h-10 sm:mt-[1.625rem]">
            Invite
          </Button>
        </div>
      </form>
      {pending.length === 0 ? (
        <p className="px-4 py-5 text-muted text-sm sm:px-5">Nobody is invited at the moment.</p>
      ) : (
        <ul className="divide-y divide-border">
          {pending.map((invitation) => (
            <li key={invitation.id} className="flex min-h-16 items-center gap-3 px-4 py-3 sm:px-5">
              <Mail aria-hidden className="size-5 shrink-0 text-muted" />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{invitation.email}</span>
                <span className="block text-muted text-sm">
                  {invitation.role === 'owner' ? 'As an owner' : 'As a member'}, until{' '}
                  <Time value={invitation.expiresAt} />
                </span>
              </span>
              <span className="flex">
                <IconButton icon={Link2} label={`Link for ${invitation.email}`} onClick={() => setShown(invitation)} />
                <IconButton
                  icon={X}
                  label={`Take back the invitation of ${invitation.email}`}
                  onClick={() => takeBack.mutate(invitation)}
                />
              </span>
            </li>
          ))}
        </ul>
      )}
      <Dialog
        open={shown !== null}
        onClose={() => setShown(null)}
        title={`${shown?.email} is invited`}
        description="A mail with this link is on its way, if mail is set up. You can hand it over yourself as well."
        actions={
          <Button kind="primary" onClick={() => setShown(null)}>
            Done
          </Button>
        }
      >
        {shown && <CopyField label="Their link" value={linkOf(shown.id)} />}
      </Dialog>
    </Card>
  )
}
