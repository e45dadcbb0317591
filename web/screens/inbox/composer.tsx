import { useMutation, useQueryClient } from '@tanstack/react-query'
import { MessageSquareText, SendHorizontal, StickyNote } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { api } from '../../api.ts'
import { isMac } from '../../keys.ts'
import { Button } from '../../parts/button.tsx'
import { classes } from '../../parts/classes.ts'
import { FormError } from '../../parts/error-state.tsx'
import { Kbd } from '../../parts/kbd.tsx'
import { Tooltip } from '../../parts/tooltip.tsx'
import type { Conversation } from '../../types/conversations.ts'
import { CannedReplies } from './canned-replies.tsx'
import { ReplyWay, useReplyWay } from './reply-way.tsx'
import { LONGEST_BODY, SegmentCounter } from './segment-counter.tsx'
import { useSend } from './send.ts'
import { timelineQuery } from './timeline-query.ts'
import { keepDraft, readDraft } from './unsent.ts'

/** The `r` key moves the focus here. */
export const COMPOSER_ID = 'composer'

type Kind = 'reply' | 'note'

type Props = { conversation: Conversation; startHere: boolean }

/** Writes a reply, or a note that only the account's people read. Its key must be the conversation's id. */
export function Composer({ conversation, startHere }: Props) {
  const { id, contactId } = conversation
  const [chosen, setKind] = useState<Kind>('reply')
  const way = useReplyWay(conversation)
  // The person cannot be texted: only a note is possible.
  const kind = way.isOpen ? chosen : 'note'
  const [reply, setReply] = useState(() => readDraft(id))
  const [note, setNote] = useState(() => readDraft(`note ${id}`))
  const text = kind === 'reply' ? reply : note
  const field = useRef<HTMLTextAreaElement>(null)
  const { send } = useSend(conversation)
  const addNote = useAddNote(contactId)
  const hint = useId()
  const isTooLong = kind === 'reply' && text.length > LONGEST_BODY

  function write(value: string) {
    if (kind === 'reply') setReply(value)
    else setNote(value)
    keepDraft(kind === 'reply' ? id : `note ${id}`, value)
  }

  function submit() {
    const body = text.trim()
    if (body === '' || isTooLong || addNote.isPending) return
    if (kind === 'reply') {
      write('')
      send(body, way.to === conversation.repliesTo ? undefined : (way.to ?? undefined))
      way.choose(null)
    } else addNote.mutate(body, { onSuccess: () => write('') })
    field.current?.focus()
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
      event.preventDefault()
      submit()
    } else if (event.key === 'Escape') field.current?.blur()
  }

  /** Replaces the selection, or inserts at the caret. */
  function insert(words: string) {
    const { selectionStart = text.length, selectionEnd = text.length } = field.current ?? {}
    const before = text.slice(0, selectionStart)
    write(`${before}${before && !/\s$/.test(before) ? ' ' : ''}${words}${text.slice(selectionEnd)}`)
  }

  useEffect(() => {
    if (startHere) field.current?.focus()
  }, [startHere])

  return (
    <form
      aria-label="Write"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
      className="shrink-0 border-border border-t bg-surface px-3 pt-2 pb-3 sm:px-6"
    >
      <div className="mx-auto grid max-w-3xl gap-2">
        {addNote.error && <FormError error={addNote.error} />}
        <ReplyWay conversation={conversation} way={way} />
        <div
          className={classes(
            'rounded-xl border transition-colors focus-within:border-accent focus-within:outline-2 focus-within:outline-accent/40',
            kind === 'note' ? 'border-warning/60 bg-warning-soft' : 'border-border-strong/60 bg-surface',
          )}
        >
          <textarea
            ref={field}
            id={COMPOSER_ID}
            rows={1}
            value={text}
            onChange={(event) => write(event.target.value)}
            onKeyDown={onKeyDown}
            aria-label={kind === 'reply' ? 'Reply' : 'Note'}
            aria-describedby={hint}
            aria-invalid={isTooLong || undefined}
            placeholder={kind === 'reply' ? 'Write a text …' : 'A note: only your people read it …'}
            className="field-sizing-content block max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-3.5 py-2.5 outline-none placeholder:text-muted"
          />
          <div className="flex items-center gap-1 px-1.5 pb-1.5">
            <KindChoice kind={kind} replyDisabled={!way.isOpen} onChange={setKind} />
            {kind === 'reply' && <CannedReplies onChoose={insert} onClosed={() => field.current?.focus()} />}
            <span className="flex-1" />
            <Tooltip text={kind === 'reply' ? 'Send' : 'Save note'} shortcut="mod+Enter">
              <Button
                type="submit"
                size="small"
                kind="primary"
                disabled={text.trim() === '' || isTooLong}
                pending={addNote.isPending}
              >
                {kind === 'reply' ? 'Send' : 'Save note'}
                <SendHorizontal aria-hidden />
              </Button>
            </Tooltip>
          </div>
        </div>
        <div id={hint} className="flex items-center pointer-fine:min-h-4.5 justify-between gap-3 text-muted text-xs">
          {kind === 'reply' && text ? <SegmentCounter body={text} /> : <span />}
          <span className="hidden shrink-0 items-center gap-1.5 pointer-fine:flex">
            <Kbd keys="mod+Enter" /> {kind === 'reply' ? 'sends' : 'saves'}
            <span className="sr-only">{isMac ? 'Command' : 'Control'} and Enter</span>
          </span>
        </div>
      </div>
    </form>
  )
}

const kinds = { reply: { label: 'Text', icon: MessageSquareText }, note: { label: 'Note', icon: StickyNote } } as const

type ChoiceProps = { kind: Kind; replyDisabled: boolean; onChange(kind: Kind): void }

function KindChoice({ kind, replyDisabled, onChange }: ChoiceProps) {
  return (
    <fieldset className="flex gap-0.5">
      <legend className="sr-only">What to write</legend>
      {(['reply', 'note'] as const).map((value) => {
        const { label, icon: Icon } = kinds[value]
        return (
          <button
            key={value}
            type="button"
            aria-pressed={kind === value}
            disabled={value === 'reply' && replyDisabled}
            onClick={() => onChange(value)}
            className="flex h-8 items-center gap-1.5 rounded-lg px-2.5 font-medium text-muted text-sm hover:text-text disabled:opacity-50 aria-pressed:bg-hover aria-pressed:text-text pointer-coarse:h-11"
          >
            <Icon aria-hidden className="size-4" />
            {label}
          </button>
        )
      })}
    </fieldset>
  )
}

function useAddNote(contactId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: string) => api.post(`/contacts/${contactId}/notes`, { body }),
    networkMode: 'always',
    onSuccess: () => queries.invalidateQueries({ queryKey: timelineQuery(contactId).queryKey }),
  })
}
