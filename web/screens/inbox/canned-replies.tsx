import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { MessageSquareQuote, Settings } from 'lucide-react'
import { useRef } from 'react'
import { api, type List } from '../../api.ts'
import { IconButton } from '../../parts/icon-button.tsx'
import { Menu, MenuItem, MenuLine } from '../../parts/menu.tsx'
import type { CannedReply } from '../../types/canned-replies.ts'

type Props = { onChoose(body: string): void; onClosed(): void }

/** Prepared sentences to insert into the text. */
export function CannedReplies({ onChoose, onClosed }: Props) {
  const navigate = useNavigate()
  const chose = useRef(false)
  const { data } = useQuery({
    queryKey: ['canned-replies'],
    queryFn: ({ signal }) => api.get<List<CannedReply>>('/canned-replies', {}, signal),
  })
  const replies = data?.data ?? []
  return (
    <Menu
      align="start"
      trigger={<IconButton icon={MessageSquareQuote} label="Canned replies" className="size-8" />}
      onCloseAutoFocus={(event) => {
        if (!chose.current) return
        chose.current = false
        event.preventDefault()
        onClosed()
      }}
    >
      {replies.map(({ id, title, body }) => (
        <MenuItem
          key={id}
          onSelect={() => {
            chose.current = true
            onChoose(body)
          }}
        >
          <span className="font-medium">{title}</span> <span className="text-muted">{body}</span>
        </MenuItem>
      ))}
      {data && replies.length === 0 && (
        <p className="max-w-64 px-2.5 py-2 text-muted text-sm">
          Nothing here yet. Keep what you write often as a canned reply.
        </p>
      )}
      <MenuLine />
      <MenuItem icon={Settings} onSelect={() => navigate({ to: '/settings/canned-replies' })}>
        Edit canned replies
      </MenuItem>
    </Menu>
  )
}
