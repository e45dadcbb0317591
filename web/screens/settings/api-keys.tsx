import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { api, type List } from '../../api.ts'
import { useIsOwner } from '../../me.ts'
import { useNow } from '../../now.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { toast } from '../../parts/toast.tsx'
import { linkLook } from '../../shell/front.tsx'
import { hasEnded, SCOPE_CHOICES } from './api-keys/choices.ts'
import { NewKey } from './api-keys/new-key.tsx'
import { RollKey } from './api-keys/roll-key.tsx'
import { ShowKey } from './api-keys/show-key.tsx'
import { OwnersOnly } from './owners-only.tsx'
import { SettingsPage } from './page.tsx'
import type { ApiKey, MadeApiKey } from './types.ts'

export function ApiKeysScreen() {
  const isOwner = useIsOwner()
  const now = useNow()
  const [making, setMaking] = useState(false)
  const [rolling, setRolling] = useState<ApiKey | null>(null)
  const [made, setMade] = useState<MadeApiKey | null>(null)
  const [revoking, setRevoking] = useState<ApiKey | null>(null)
  const queries = useQueryClient()
  const keys = useQuery({
    queryKey: ['api-keys'],
    queryFn: ({ signal }) => api.get<List<ApiKey>>('/api-keys', {}, signal),
    enabled: isOwner,
  })
  const revoke = useMutation({
    mutationFn: ({ id }: ApiKey) => api.delete(`/api-keys/${id}`),
    onSuccess: (_, { name }) => toast.show(`The key ${name} does not work any more`),
    onError: (error) => toast.error(error),
    onSettled: () => {
      setRevoking(null)
      return queries.invalidateQueries({ queryKey: ['api-keys'] })
    },
  })
  const columns: Column<ApiKey>[] = [
    { header: 'Name', cell: ({ name }) => name, onPhone: 'title' },
    { header: 'Key', cell: ({ hint }) => <code className="font-mono text-muted">tb_…{hint}</code> },
    { header: 'May', cell: ({ scope }) => SCOPE_CHOICES.find(({ value }) => value === scope)!.short },
    { header: 'Last used', cell: ({ lastUsedAt }) => (lastUsedAt ? <Time value={lastUsedAt} /> : 'Never') },
    {
      header: 'Ends',
      cell: (key) =>
        hasEnded(key, now) ? (
          <span className="inline-flex items-baseline gap-2">
            <Badge tone="danger">Ended</Badge> <Time value={key.expiresAt!} />
          </span>
        ) : key.expiresAt ? (
          <Time value={key.expiresAt} />
        ) : (
          'Never'
        ),
    },
    {
      header: 'Access',
      align: 'right',
      cell: (key) => (
        <span className="inline-flex gap-2">
          <Button size="small" aria-label={`Roll ${key.name}`} onClick={() => setRolling(key)}>
            Roll
          </Button>
          <Button size="small" aria-label={`Revoke ${key.name}`} onClick={() => setRevoking(key)}>
            Revoke
          </Button>
        </span>
      ),
    },
  ]
  const make = (
    <Button kind="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden />
      New key
    </Button>
  )
  const rows = keys.data?.data
  return (
    <SettingsPage
      title="API keys"
      hint="For your own programs: each key may read, or send too, or do everything"
      actions={isOwner && rows && rows.length > 0 && make}
    >
      <div className="grid gap-6">
        <OwnersOnly what="see and make API keys" />
        {keys.error && <ErrorState error={keys.error} onRetry={() => keys.refetch()} />}
        {isOwner && keys.isPending && <SkeletonRows rows={2} />}
        {rows?.length === 0 && (
          <EmptyState icon={KeyRound} title="No API keys yet" action={make}>
            With a key, your own programs can read calls, send texts and add leads.
          </EmptyState>
        )}
        {rows && rows.length > 0 && (
          <Card className="p-0">
            <Table label="API keys" rows={rows} columns={columns} keyOf={({ id }) => id} />
          </Card>
        )}
        {rows?.map((key) => key.previousWorksUntil && <OldSecret key={key.id} apiKey={key} />)}
        <Card title="Try it">
          <div className="grid gap-3 text-sm">
            <p className="text-muted">
              The newest missed calls, with the decision about each. All that there is is in{' '}
              <a href="/api/docs" className={linkLook}>
                the API’s description
              </a>
              .
            </p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, which the keyboard must reach */}
            <pre tabIndex={0} className="overflow-x-auto rounded-lg bg-sunken p-3.5 font-mono text-xs">
              {curlFor(location.origin)}
            </pre>
          </div>
        </Card>
      </div>
      {making && (
        <NewKey
          onClose={() => setMaking(false)}
          onMade={(key) => {
            setMaking(false)
            setMade(key)
          }}
        />
      )}
      {rolling && (
        <RollKey
          apiKey={rolling}
          onClose={() => setRolling(null)}
          onRolled={(key) => {
            setRolling(null)
            setMade(key)
          }}
        />
      )}
      {made && <ShowKey name={made.name} secret={made.key} onClose={() => setMade(null)} />}
      <Confirm
        open={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke the key ${revoking?.name}?`}
        action="Revoke key"
        pending={revoke.isPending}
        onConfirm={() => revoking && revoke.mutate(revoking)}
      >
        Programs that use it are refused at once. This cannot be undone; they need a new key.
      </Confirm>
    </SettingsPage>
  )
}

/** A rolled key has two secrets for a while; whether the old one is still in use says when it can go. */
function OldSecret({ apiKey: { name, previousWorksUntil, previousUsedAt } }: { apiKey: ApiKey }) {
  return (
    <p className="rounded-lg bg-info-soft px-3.5 py-3 text-info text-sm">
      The old secret of <strong className="font-semibold">{name}</strong> works until{' '}
      <Time value={previousWorksUntil!} as="dayAndClock" />.{' '}
      {previousUsedAt ? (
        <>
          It was last used <Time value={previousUsedAt} as="dayAndClock" />: a program still has it.
        </>
      ) : (
        'Nothing has used it since the key was rolled.'
      )}
    </p>
  )
}

const curlFor = (origin: string) =>
  `curl '${origin}/api/v1/calls?outcome=missed&limit=5' \\\n  -H "Authorization: Bearer $TEXTBACK_KEY"`
