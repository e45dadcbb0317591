import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Check, CheckCheck, CircleAlert, CircleHelp, Clock3, FileDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { api } from '../../api.ts'
import { Button } from '../../parts/button.tsx'
import { classes } from '../../parts/classes.ts'
import { toast } from '../../parts/toast.tsx'
import { Tooltip } from '../../parts/tooltip.tsx'
import { didNotArrive, messageStatus } from '../../words.ts'
import { Clock } from './clock.tsx'
import { useSend } from './send.ts'
import { timelineQuery } from './timeline-query.ts'
import type { TimelineItem } from './types.ts'
import type { Unsent } from './unsent.ts'

type Message = NonNullable<TimelineItem['message']>

type Props = {
  id: string
  at: string
  message: Message
  contactId: string
  conversationId: string | null
  /** It is the text that was searched for. */
  marked: boolean
}

/** A text: theirs at the left, ours at the right with its status. */
export function Bubble({ id, at, message, contactId, conversationId, marked }: Props) {
  const isOurs = message.direction === 'outbound'
  return (
    <Side ours={isOurs}>
      <Body ours={isOurs} failed={didNotArrive(message.status)} marked={marked}>
        {message.body}
        {message.media.map((media) => (
          <Attachment key={media.url} {...media} />
        ))}
      </Body>
      <p className="flex items-center gap-1.5 px-1 text-muted text-xs">
        {isOurs && <span>{message.kind === 'text_back' ? 'Sent automatically' : message.sentBy}</span>}
        <Clock value={at} />
        {isOurs && <Ticks status={message.status} />}
      </p>
      {didNotArrive(message.status) && (
        <NotDelivered message={message} contactId={contactId} conversationId={conversationId} />
      )}
      {message.status === 'unknown' && <Resolve id={id} message={message} contactId={contactId} />}
    </Side>
  )
}

/** A text that the server has not confirmed yet, or refused. */
export function UnsentBubble({
  text,
  conversationId,
  contactId,
}: {
  text: Unsent
  conversationId: string
  contactId: string
}) {
  const { retry, discard } = useSend({ id: conversationId, contactId })
  if (text.state === 'sending')
    return (
      <Side ours>
        <Body ours>{text.body}</Body>
        <p className="flex items-center gap-1.5 px-1 text-muted text-xs">
          Sending
          <Clock3 aria-hidden className="size-3.5" />
        </p>
      </Side>
    )
  return (
    <Side ours>
      <Body ours failed>
        {text.body}
      </Body>
      <Trouble sentence="Not sent." nextStep={text.why ?? ''}>
        <Button size="small" onClick={() => retry(text)}>
          Retry
        </Button>
        <Button size="small" kind="quiet" onClick={() => discard(text)}>
          Discard
        </Button>
      </Trouble>
    </Side>
  )
}

function Side({ ours, children }: { ours: boolean; children: ReactNode }) {
  return (
    <div
      className={classes(
        'grid max-w-[85%] gap-1 sm:max-w-[75%]',
        ours ? 'ml-auto justify-items-end' : 'justify-items-start',
      )}
    >
      {children}
    </div>
  )
}

type BodyProps = { ours: boolean; failed?: boolean; marked?: boolean; children: ReactNode }

function Body({ ours, failed, marked, children }: BodyProps) {
  return (
    <div
      className={classes(
        'wrap-anywhere min-w-0 whitespace-pre-wrap rounded-2xl border px-3.5 py-2',
        ours ? 'rounded-br-md' : 'rounded-bl-md',
        failed
          ? 'border-danger bg-surface'
          : ours
            ? 'border-transparent bg-accent-soft'
            : 'border-transparent bg-hover',
        marked && 'outline-2 outline-accent outline-offset-2',
      )}
    >
      {children}
    </div>
  )
}

/** The status: an icon to see, a word for screen readers. */
function Ticks({ status }: { status: string }) {
  const word = messageStatus(status)
  const look = didNotArrive(status) ? 'text-danger' : status === 'delivered' ? 'text-accent' : undefined
  const Icon =
    status === 'delivered'
      ? CheckCheck
      : didNotArrive(status)
        ? CircleAlert
        : status === 'unknown'
          ? CircleHelp
          : status === 'sent' || status === 'accepted'
            ? Check
            : Clock3
  return (
    <Tooltip text={word}>
      <span className={classes('inline-flex items-center gap-1', look)}>
        <Icon aria-hidden className="size-3.5" />
        {/* Delivered is the normal case: two ticks are enough. */}
        <span className={status === 'delivered' || status === 'sent' ? 'sr-only' : undefined}>{word}</span>
      </span>
    </Tooltip>
  )
}

/** Never loaded automatically: it comes from a stranger, through the carrier's server. */
function Attachment({ url, contentType }: { url: string; contentType: string | null }) {
  const parsed = URL.canParse(url) ? new URL(url) : null
  const isWeb = parsed?.protocol === 'https:' || parsed?.protocol === 'http:'
  const name = parsed?.pathname.split('/').filter(Boolean).at(-1) ?? 'attachment'
  const host = parsed?.host ?? ''
  if (!isWeb) return <span className="mt-2 block text-muted text-sm">An attachment without a web address</span>
  return (
    <a
      href={url}
      target="_blank"
      rel="noopener noreferrer"
      className="mt-2 flex min-h-11 items-center gap-2.5 rounded-lg border border-border bg-surface px-3 py-1.5 text-sm first:mt-0 hover:bg-hover"
    >
      <FileDown aria-hidden className="size-4 shrink-0 text-muted" />
      <span className="min-w-0">
        <span className="block truncate font-medium">{name}</span>
        <span className="block truncate text-muted text-xs">
          {[contentType, `opens ${host}`].filter(Boolean).join(' · ')}
        </span>
      </span>
    </a>
  )
}

function Trouble({ sentence, nextStep, children }: { sentence: string; nextStep: string; children?: ReactNode }) {
  return (
    <div className="grid max-w-full gap-2 rounded-lg bg-danger-soft px-3 py-2 text-danger text-sm">
      <p>
        <strong className="font-semibold">{sentence}</strong> {nextStep}
      </p>
      {children && <div className="flex flex-wrap gap-2 text-text">{children}</div>}
    </div>
  )
}

function NotDelivered({ message, contactId, conversationId }: Omit<Props, 'id' | 'at' | 'marked'>) {
  const { send } = useSend({ id: conversationId ?? '', contactId })
  // A repeat to an opted-out person or a landline would fail again.
  const isWorthAnother = conversationId !== null && message.status !== 'refused' && message.kind === 'reply'
  return (
    <Trouble
      sentence={message.trouble?.sentence ?? `${messageStatus(message.status)}.`}
      nextStep={message.trouble?.nextStep ?? 'The carrier gave no reason. Call them, or send it again.'}
    >
      {isWorthAnother && (
        <Button size="small" onClick={() => send(message.body)}>
          Send again
        </Button>
      )}
    </Trouble>
  )
}

/** Nobody could find out whether it was sent; a person may know. */
function Resolve({ id, message, contactId }: { id: string; message: Message; contactId: string }) {
  const queries = useQueryClient()
  const resolve = useMutation({
    mutationFn: (as: 'sent' | 'not_sent' | 'send_again') => api.post(`/messages/${id}/resolve`, { as }),
    onError: (error) => toast.error(error),
    onSettled: () => queries.invalidateQueries({ queryKey: timelineQuery(contactId).queryKey }),
  })
  return (
    <div className="grid max-w-full gap-2 rounded-lg bg-warning-soft px-3 py-2 text-sm">
      <p className="text-warning">
        <strong className="font-semibold">
          {message.trouble?.sentence ?? 'The carrier did not say whether it took this text; we are still asking it.'}
        </strong>{' '}
        {message.trouble?.nextStep ?? 'Nothing is sent twice meanwhile. If you know better, say so.'}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button size="small" pending={resolve.isPending} onClick={() => resolve.mutate('sent')}>
          It was sent
        </Button>
        <Button size="small" pending={resolve.isPending} onClick={() => resolve.mutate('not_sent')}>
          It was not
        </Button>
        <Button size="small" pending={resolve.isPending} onClick={() => resolve.mutate('send_again')}>
          Send again
        </Button>
      </div>
    </div>
  )
}
