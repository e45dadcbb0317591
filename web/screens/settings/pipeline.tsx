import { useQuery } from '@tanstack/react-query'
import { api } from '../../api.ts'
import { useIsOwner } from '../../me.ts'
import { Card } from '../../parts/card.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import type { Board } from '../../types/leads.ts'
import { NewStage } from './new-stage.tsx'
import { OwnersOnly } from './owners-only.tsx'
import { SettingsPage } from './page.tsx'
import { StageRows } from './stage-rows.tsx'

export const stagesQuery = {
  queryKey: ['pipelines', 'stages'],
  queryFn: ({ signal }: { signal: AbortSignal }) => api.get<Board>('/leads/board', {}, signal),
}

export function PipelineScreen() {
  const isOwner = useIsOwner()
  const board = useQuery(stagesQuery)
  return (
    <SettingsPage title="Pipeline" hint="The stages of a lead, from the first call to the job">
      <div className="grid gap-6">
        <OwnersOnly what="change the stages" />
        {board.error && <ErrorState error={board.error} onRetry={() => board.refetch()} />}
        <Card title="Stages" hint="A new lead begins in the first one. Won and lost are not stages." className="p-0">
          {board.isPending && <SkeletonRows rows={4} />}
          {board.data && <StageRows stages={board.data.stages} canChange={isOwner} />}
          {isOwner && board.data && <NewStage />}
        </Card>
      </div>
    </SettingsPage>
  )
}
