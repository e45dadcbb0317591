import { useQuery, useQueryClient } from '@tanstack/react-query'
import { MessageSquareQuote, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { api, type List } from '../../api.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { IconButton } from '../../parts/icon-button.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { toast } from '../../parts/toast.tsx'
import type { CannedReply } from '../../types/canned-replies.ts'
import { EditReply } from './edit-reply.tsx'
import { SettingsPage } from './page.tsx'

const key = ['canned-replies']

export function CannedRepliesScreen() {
  const queries = useQueryClient()
  const [edited, setEdited] = useState<CannedReply | 'new' | null>(null)
  const replies = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<List<CannedReply>>('/canned-replies', {}, signal),
  })
  const refresh = () => queries.invalidateQueries({ queryKey: key })

  async function remove({ id, title, body }: CannedReply) {
    queries.setQueryData<List<CannedReply>>(
      key,
      (all) => all && { ...all, data: all.data.filter((reply) => reply.id !== id) },
    )
    try {
      await api.delete(`/canned-replies/${id}`)
      toast.undo(`“${title}” is deleted`, () => api.post('/canned-replies', { title, body }).then(refresh, toast.error))
    } catch (error) {
      toast.error(error)
    }
    await refresh()
  }

  const add = (
    <Button kind="primary" onClick={() => setEdited('new')}>
      <Plus aria-hidden />
      New reply
    </Button>
  )
  const rows = replies.data?.data
  return (
    <SettingsPage
      title="Canned replies"
      hint="What you answer again and again; in the inbox it is a few keys away"
      actions={rows && rows.length > 0 && add}
    >
      {replies.error && <ErrorState error={replies.error} onRetry={() => replies.refetch()} />}
      {replies.isPending && <SkeletonRows rows={3} />}
      {rows?.length === 0 && (
        <EmptyState icon={MessageSquareQuote} title="No canned replies yet" action={add}>
          Write once what you answer often: that you are on your way, what you need to know for a quote.
        </EmptyState>
      )}
      {rows && rows.length > 0 && (
        <Card className="p-0">
          <ul aria-label="Canned replies" className="divide-y divide-border">
            {rows.map((reply) => (
              <li key={reply.id} className="flex items-start gap-3 px-4 py-3.5 sm:px-5">
                <div className="min-w-0 flex-1">
                  <h2 className="font-medium">{reply.title}</h2>
                  <p className="whitespace-pre-line text-muted text-sm">{reply.body}</p>
                </div>
                <span className="-mr-2 flex">
                  <IconButton icon={Pencil} label={`Edit ${reply.title}`} onClick={() => setEdited(reply)} />
                  <IconButton icon={Trash2} label={`Delete ${reply.title}`} onClick={() => remove(reply)} />
                </span>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {edited && (
        <EditReply
          key={edited === 'new' ? 'new' : edited.id}
          reply={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
          onSaved={refresh}
        />
      )}
    </SettingsPage>
  )
}
