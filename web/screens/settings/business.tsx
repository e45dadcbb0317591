import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../../api.ts'
import { useIsOwner } from '../../me.ts'
import { Card } from '../../parts/card.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { linkLook } from '../../shell/front.tsx'
import type { Settings } from '../../types/account.ts'
import { BusinessForm } from './business-form.tsx'
import { OwnersOnly } from './owners-only.tsx'
import { SettingsPage } from './page.tsx'

export function BusinessScreen() {
  const isOwner = useIsOwner()
  const settings = useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => api.get<Settings>('/settings', {}, signal),
  })
  return (
    <SettingsPage title="Business" hint="What your callers read, and how much may be sent">
      <div className="grid gap-6">
        <OwnersOnly what="change this" />
        {settings.error && <ErrorState error={settings.error} onRetry={() => settings.refetch()} />}
        {settings.isPending && (
          <Card>
            <SkeletonRows rows={4} />
          </Card>
        )}
        {settings.data && <BusinessForm settings={settings.data} canChange={isOwner} />}
        <p className="text-sm">
          <Link to="/settings/closing" className={linkLook}>
            Close this business
          </Link>
        </p>
      </div>
    </SettingsPage>
  )
}
