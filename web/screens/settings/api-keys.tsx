import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { api, type List } from '../../api.ts'
import { useIsOwner } from '../../me.ts'
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
import { NewKey } from './new-key.tsx'
import { OwnersOnly } from './owners-only.tsx'
import { SettingsPage } from './page.tsx'
import type { ApiKey } from './types.ts'

export function ApiKeysScreen() {
  const isOwner = useIsOwner()
  const [making, setMaking] = useState(false)
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
    { header: 'Made', cell: ({ createdAt }) => <Time value={createdAt} /> },
    { header: 'Last used', cell: ({ lastUsedAt }) => (lastUsedAt ? <Time value={lastUsedAt} /> : 'Never') },
    {
      header: 'Access',
      align: 'right',
      cell: (key) => (
        <Button size="small" aria-label={`Revoke ${key.name}`} onClick={() => setRevoking(key)}>
          Revoke
        </Button>
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
      hint="For your own programs: a key can do all that an owner can do here"
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
      <NewKey open={making} onClose={() => setMaking(false)} />
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

const curlFor = (origin: string) =>
  `curl '${origin}/api/v1/calls?outcome=missed&limit=5' \\\n  -H "Authorization: Bearer $TEXTBACK_KEY"`
