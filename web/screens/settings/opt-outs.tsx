import { useMutation, useQueryClient } from '@tanstack/react-query'
import { BellOff, Plus } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useIsOwner } from '../../me.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { More } from '../../parts/more.tsx'
import { Phone } from '../../parts/phone.tsx'
import { SearchInput } from '../../parts/search-input.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { Time } from '../../parts/time.tsx'
import { toast } from '../../parts/toast.tsx'
import { NewOptOut } from './new-opt-out.tsx'
import { SettingsPage } from './page.tsx'
import { usePages } from './pages.ts'
import type { OptOut } from './types.ts'

const sources: Record<OptOut['source'], string> = {
  keyword: 'Texted STOP',
  phrase: 'Asked in a text',
  carrier: 'The carrier said so',
  manual: 'Added here',
}

export function OptOutsScreen() {
  const isOwner = useIsOwner()
  const [search, setSearch] = useState('')
  const [adding, setAdding] = useState(false)
  const [lifting, setLifting] = useState<OptOut | null>(null)
  const queries = useQueryClient()
  const digits = search.replace(/\D/g, '')
  const optOuts = usePages<OptOut>(['opt-outs'], '/opt-outs', { query: { search: digits }, keepShown: true })
  const lift = useMutation({
    mutationFn: ({ phone }: OptOut) => api.delete(`/opt-outs/${encodeURIComponent(phone)}`),
    onSuccess: () => toast.show('Lifted. They can be texted again, if the carrier lets it through.'),
    onError: (error) => toast.error(error),
    onSettled: () => {
      setLifting(null)
      return queries.invalidateQueries({ queryKey: ['opt-outs'] })
    },
  })
  const add = (
    <Button kind="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden />
      Add
    </Button>
  )
  const rows = optOuts.rows
  return (
    <SettingsPage title="Opt-outs" hint="Whoever is listed here gets no text from you, not even a reply" actions={add}>
      <div className="grid gap-4">
        {(digits !== '' || (rows && rows.length > 0)) && (
          <SearchInput
            label="Search by phone"
            placeholder="Search by phone: any digits in a row"
            value={search}
            onSearch={setSearch}
          />
        )}
        {optOuts.error && <ErrorState error={optOuts.error} onRetry={() => optOuts.refetch()} />}
        {optOuts.isPending && <SkeletonRows rows={4} />}
        {rows?.length === 0 &&
          (digits ? (
            <p className="px-4 py-12 text-center text-muted">
              No phone with {digits} has opted out. Try fewer digits, like the last four.
            </p>
          ) : (
            <EmptyState icon={BellOff} title="Nobody has opted out">
              Who answers STOP is listed here by itself. Add whoever asks you on the phone not to be texted.
            </EmptyState>
          ))}
        {rows && rows.length > 0 && (
          <Card className="p-0">
            <ul aria-label="Opt-outs" className="divide-y divide-border">
              {rows.map((optOut) => (
                <li key={optOut.phone} className="flex min-h-16 items-center gap-3 px-4 py-3 sm:px-5">
                  <span className="min-w-0 flex-1">
                    <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium">
                      <Phone value={optOut.phone} />
                      <Badge>{sources[optOut.source]}</Badge>
                    </span>
                    <span className="block text-muted text-sm">
                      {optOut.note && `${optOut.note} · `}
                      <Time value={optOut.createdAt} />
                    </span>
                  </span>
                  {isOwner && (
                    <Button size="small" aria-label={`Lift for ${optOut.phone}`} onClick={() => setLifting(optOut)}>
                      Lift
                    </Button>
                  )}
                </li>
              ))}
            </ul>
            <More
              hasMore={optOuts.hasNextPage}
              pending={optOuts.isFetchingNextPage}
              onMore={() => optOuts.fetchNextPage()}
            />
          </Card>
        )}
        {!isOwner && rows && rows.length > 0 && (
          <p className="text-muted text-sm">
            Only an owner can lift an opt-out. Whoever texts START to one of your numbers lifts their own.
          </p>
        )}
      </div>
      <NewOptOut open={adding} onClose={() => setAdding(false)} />
      <Confirm
        open={lifting !== null}
        onClose={() => setLifting(null)}
        title="Lift this opt-out?"
        action="Lift opt-out"
        pending={lift.isPending}
        onConfirm={() => lifting && lift.mutate(lifting)}
      >
        <div className="grid gap-2.5">
          <p>
            Only do this when the person asked you to: texting somebody who opted out is against the law in many places.
          </p>
          <p>
            {lifting?.source === 'manual'
              ? 'They were added here by hand, so nothing else stands in the way.'
              : 'Their carrier may go on blocking your texts until they text START to your number.'}
          </p>
        </div>
      </Confirm>
    </SettingsPage>
  )
}
