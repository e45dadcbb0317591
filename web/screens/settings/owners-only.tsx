import { useQuery } from '@tanstack/react-query'
import { Lock } from 'lucide-react'
import { api, type List } from '../../api.ts'
import { useIsOwner } from '../../me.ts'
import type { Person } from '../../types/people.ts'

/** Tells a member what only owners do, and who they are. `what` follows 'Only an owner can '. */
export function OwnersOnly({ what }: { what: string }) {
  const isOwner = useIsOwner()
  const { data } = useQuery({
    queryKey: ['people'],
    queryFn: ({ signal }) => api.get<List<Person>>('/people', {}, signal),
    enabled: !isOwner,
  })
  if (isOwner) return null
  const owners = data?.data.filter(({ role }) => role === 'owner').map(({ name }) => name) ?? []
  return (
    <p className="flex gap-2.5 rounded-lg bg-info-soft px-3.5 py-3 text-info text-sm">
      <Lock aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>
        Only an owner can {what}.
        {owners.length > 0 && ` Ask ${new Intl.ListFormat('en', { type: 'disjunction' }).format(owners)}.`}
      </span>
    </p>
  )
}
