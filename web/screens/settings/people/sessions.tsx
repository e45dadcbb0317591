import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Monitor, Smartphone } from 'lucide-react'
import * as auth from '../../../auth.ts'
import { Badge } from '../../../parts/badge.tsx'
import { Button } from '../../../parts/button.tsx'
import { Card } from '../../../parts/card.tsx'
import { ErrorState } from '../../../parts/error-state.tsx'
import { SkeletonRows } from '../../../parts/skeleton.tsx'
import { Time } from '../../../parts/time.tsx'
import { toast } from '../../../parts/toast.tsx'
import { leave } from '../../../shell/person-menu.tsx'
import * as membership from './membership.ts'

/** The person's sessions, and the buttons that end them. */
export function Sessions() {
  const sessions = useQuery(membership.sessionsQuery)
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: ['sessions'] })
  const end = useMutation({
    mutationFn: (token: string) => membership.endSession(token),
    onSuccess: () => toast.show('Signed out there'),
    onError: (error) => toast.error(error),
    onSettled: refresh,
  })
  const endOthers = useMutation({
    mutationFn: membership.endOtherSessions,
    onSuccess: () => toast.show('Signed out everywhere else'),
    onError: (error) => toast.error(error),
    onSettled: refresh,
  })

  if (sessions.error) return <ErrorState error={sessions.error} onRetry={() => sessions.refetch()} />
  return (
    <Card title="Where you are signed in" hint="End what you do not know, then change your password." className="p-0">
      {!sessions.data && <SkeletonRows rows={1} />}
      <ul className="divide-y divide-border">
        {sessions.data?.map(({ token, userAgent, ipAddress, updatedAt, current }) => {
          const device = membership.deviceOf(userAgent)
          const Icon = /iPhone|Android/.test(device) ? Smartphone : Monitor
          return (
            <li key={token} className="flex min-h-16 items-center gap-3 px-4 py-3 sm:px-5">
              <Icon aria-hidden className="size-5 shrink-0 text-muted" />
              <span className="min-w-0 flex-1">
                <span className="flex items-center gap-2 font-medium">
                  <span className="truncate">{device}</span>
                  {current && <Badge tone="accent">Here</Badge>}
                </span>
                <span className="block text-muted text-sm">
                  Since <Time value={updatedAt} />
                  {ipAddress && `, from ${ipAddress}`}
                </span>
              </span>
              {!current && (
                <Button
                  size="small"
                  pending={end.isPending && end.variables === token}
                  aria-label={`Sign out on ${device}`}
                  onClick={() => end.mutate(token)}
                >
                  Sign out
                </Button>
              )}
            </li>
          )
        })}
      </ul>
      <div className="flex flex-wrap gap-2 border-border border-t px-4 py-3 sm:px-5">
        {sessions.data && sessions.data.length > 1 && (
          <Button size="small" pending={endOthers.isPending} onClick={() => endOthers.mutate()}>
            Sign out everywhere else
          </Button>
        )}
        <Button size="small" onClick={() => leave(auth.signOutEverywhere)}>
          Sign out everywhere
        </Button>
      </div>
    </Card>
  )
}
