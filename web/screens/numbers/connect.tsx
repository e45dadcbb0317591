import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useIsOwner } from '../../me.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { Page } from '../../parts/page.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import type { Carrier } from '../../types/carriers.ts'
import { ChooseNumbers } from './choose-numbers.tsx'
import { Credentials } from './credentials.tsx'
import { carrierLabel, carriersQuery } from './data.ts'
import { PbxNumber } from './pbx-number.tsx'

const route = getRouteApi('/app/numbers/connect')

/** From credentials to numbers that text back: the connection first, then its numbers. */
export function ConnectScreen() {
  const { carrier: id } = route.useSearch()
  const carriers = useQuery(carriersQuery)
  const isOwner = useIsOwner()
  const carrier = carriers.data?.find((known) => known.id === id)
  return (
    <Page
      title="Connect a carrier"
      hint={carrier ? `Step 2 of 2: the numbers of ${carrierLabel(carrier)}` : 'Step 1 of 2: who brings your calls'}
      width="narrow"
      back="/numbers"
    >
      {!isOwner ? (
        <p className="rounded-lg bg-info-soft px-3.5 py-3 text-info text-sm">
          Only an owner of the business can connect a carrier. Ask one, or have them make you an owner under People.
        </p>
      ) : carriers.isPending ? (
        <SkeletonRows rows={3} />
      ) : carriers.isError ? (
        <ErrorState error={carriers.error} onRetry={carriers.refetch} />
      ) : (
        <Steps carriers={carriers.data} carrier={carrier} />
      )}
    </Page>
  )
}

function Steps({ carriers, carrier }: { carriers: Carrier[]; carrier: Carrier | undefined }) {
  const navigate = route.useNavigate()
  const open = (id?: string) => navigate({ search: id ? { carrier: id } : {} })
  if (carrier?.kind === 'generic') return <PbxNumber carrier={carrier} carriers={carriers} onBack={() => open()} />
  if (carrier) return <ChooseNumbers carrier={carrier} onBack={() => open()} />
  return (
    <div className="grid gap-5">
      {carriers.length > 0 && (
        <Card title="Already connected" hint="Take more of its numbers." className="p-0">
          <ul className="divide-y divide-border">
            {carriers.map((known) => (
              <li key={known.id} className="flex items-center justify-between gap-3 px-4 py-3 sm:px-5">
                <span className="min-w-0">
                  <span className="block truncate font-medium text-sm">{carrierLabel(known)}</span>
                  <span className="block truncate text-muted text-sm">
                    {known.kind === 'generic'
                      ? 'Its numbers are typed'
                      : `${known.foundNumbers.length} ${known.foundNumbers.length === 1 ? 'number' : 'numbers'} found`}
                  </span>
                </span>
                <Button size="small" onClick={() => open(known.id)}>
                  Choose numbers<span className="sr-only"> of {carrierLabel(known)}</span>
                </Button>
              </li>
            ))}
          </ul>
        </Card>
      )}
      <Credentials taken={carriers.map(({ id }) => id)} onConnected={(connected) => open(connected.id)} />
    </div>
  )
}
