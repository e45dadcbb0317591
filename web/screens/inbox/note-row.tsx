import { useMutation, useQueryClient } from '@tanstack/react-query'
import { StickyNote, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { IconButton } from '../../parts/icon-button.tsx'
import { toast } from '../../parts/toast.tsx'
import { Clock } from './clock.tsx'
import { timelineQuery } from './timeline-query.ts'

type Props = { id: string; at: string; note: { body: string; author: string }; contactId: string }

/** A note about a person, which they never see. */
export function NoteRow({ id, at, note, contactId }: Props) {
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: () => api.delete(`/notes/${id}`),
    onSuccess: () => queries.invalidateQueries({ queryKey: timelineQuery(contactId).queryKey }),
    onError: (error) => toast.error(error),
    onSettled: () => setAsking(false),
  })
  return (
    <div className="flex items-start gap-3 rounded-xl bg-warning-soft px-3 py-2.5 text-sm">
      <StickyNote aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" />
      <div className="min-w-0 flex-1">
        <p className="wrap-anywhere whitespace-pre-wrap">{note.body}</p>
        <p className="mt-0.5 text-warning text-xs">
          Note by {note.author} · <Clock value={at} />
        </p>
      </div>
      <IconButton icon={Trash2} label="Delete note" className="-my-1.5 -mr-1.5" onClick={() => setAsking(true)} />
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title="Delete this note?"
        action="Delete note"
        pending={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        It is gone for everybody of this account, and cannot be brought back.
      </Confirm>
    </div>
  )
}
