import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { LogOut, UserMinus } from 'lucide-react'
import { useState } from 'react'
import { useMe } from '../../../me.ts'
import { Avatar } from '../../../parts/avatar.tsx'
import { Badge } from '../../../parts/badge.tsx'
import { Card } from '../../../parts/card.tsx'
import { Confirm } from '../../../parts/confirm.tsx'
import { ErrorState } from '../../../parts/error-state.tsx'
import { IconButton } from '../../../parts/icon-button.tsx'
import { Select } from '../../../parts/select.tsx'
import { SkeletonRows } from '../../../parts/skeleton.tsx'
import { toast } from '../../../parts/toast.tsx'
import * as membership from './membership.ts'

/** The members. An owner gives roles and removes people; everybody may leave. */
export function Members() {
  const { account, user, role } = useMe()
  const members = useQuery(membership.membersQuery(account.id))
  const queries = useQueryClient()
  const [leaving, setLeaving] = useState(false)
  const [removing, setRemoving] = useState<membership.Member | null>(null)
  const refresh = () => queries.invalidateQueries({ queryKey: ['people'] })

  const leave = useMutation({
    mutationFn: () => membership.leaveAccount(account.id),
    onSuccess: () => location.assign('/today'),
    onError: (error) => {
      setLeaving(false)
      toast.error(error)
    },
  })
  const remove = useMutation({
    mutationFn: (member: membership.Member) => membership.remove(account.id, member.id),
    onSuccess: (_, { user }) => toast.show(`${user.name} is out`),
    onError: (error) => toast.error(error),
    onSettled: () => {
      setRemoving(null)
      return refresh()
    },
  })
  const changeRole = useMutation({
    mutationFn: ({ member, role }: { member: membership.Member; role: membership.Role }) =>
      membership.changeRole(account.id, member.id, role),
    // Shown at once, and undone on refusal.
    onMutate: ({ member, role }) =>
      queries.setQueryData(membership.membersQuery(account.id).queryKey, (all) =>
        all?.map((other) => (other.id === member.id ? { ...other, role } : other)),
      ),
    onSuccess: async (_, { member, role }) => {
      toast.show(`${member.user.name} is ${role === 'owner' ? 'an owner' : 'a member'} now`)
      if (member.userId === user?.id) await queries.invalidateQueries({ queryKey: ['me'] })
    },
    onError: (error) => toast.error(error),
    onSettled: refresh,
  })

  if (members.error) return <ErrorState error={members.error} onRetry={() => members.refetch()} />
  const isOwner = role === 'owner'
  return (
    <Card
      title={`People of ${account.name}`}
      hint="Owners change everything. Members answer calls and texts, and see the rest."
      className="p-0"
    >
      {!members.data && <SkeletonRows rows={2} />}
      <ul className="divide-y divide-border">
        {members.data?.map((member) => {
          const isMe = member.userId === user?.id
          return (
            <li key={member.id} className="flex min-h-16 flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3 sm:px-5">
              <Avatar name={member.user.name} />
              <span className="min-w-0 flex-1 basis-38">
                <span className="flex items-center gap-2 font-medium">
                  <span className="truncate">{member.user.name}</span>
                  {isMe && <Badge tone="accent">You</Badge>}
                </span>
                <span className="block truncate text-muted text-sm">{member.user.email}</span>
              </span>
              <span className="ml-auto flex items-center gap-1">
                {isOwner ? (
                  <span className="w-30">
                    <Select
                      aria-label={`Role of ${member.user.name}`}
                      value={member.role}
                      onChange={(event) => changeRole.mutate({ member, role: event.target.value as membership.Role })}
                    >
                      <option value="owner">Owner</option>
                      <option value="member">Member</option>
                    </Select>
                  </span>
                ) : (
                  <Badge>{member.role === 'owner' ? 'Owner' : 'Member'}</Badge>
                )}
                {isMe ? (
                  <IconButton icon={LogOut} label={`Leave ${account.name}`} onClick={() => setLeaving(true)} />
                ) : (
                  isOwner && (
                    <IconButton
                      icon={UserMinus}
                      label={`Take ${member.user.name} out`}
                      onClick={() => setRemoving(member)}
                    />
                  )
                )}
              </span>
            </li>
          )
        })}
      </ul>
      <Confirm
        open={leaving}
        onClose={() => setLeaving(false)}
        title={`Leave ${account.name}?`}
        action="Leave"
        pending={leave.isPending}
        onConfirm={() => leave.mutate()}
      >
        You will not see its calls and texts any more. To come back, an owner must invite you again.
      </Confirm>
      <Confirm
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Take ${removing?.user.name} out?`}
        action="Take out"
        pending={remove.isPending}
        onConfirm={() => removing && remove.mutate(removing)}
      >
        From now on they see nothing of {account.name}. What they wrote stays. To bring them back, invite them again.
      </Confirm>
    </Card>
  )
}
