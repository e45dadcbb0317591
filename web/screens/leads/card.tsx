import { useDraggable } from '@dnd-kit/core'
import { Link } from '@tanstack/react-router'
import type { ComponentProps } from 'react'
import { useMe } from '../../me.ts'
import { useNow } from '../../now.ts'
import { classes } from '../../parts/classes.ts'
import { Money } from '../../parts/money.tsx'
import { OptedOut } from '../../parts/opted-out.tsx'
import { Phone } from '../../parts/phone.tsx'
import { Time } from '../../parts/time.tsx'
import { elapsed, exactTime } from '../../times.ts'
import type { Lead } from '../../types/leads.ts'
import { type Ask, LeadMenu } from './menu.tsx'
import { LeadName } from './names.tsx'

const look = 'relative rounded-lg border border-border bg-surface p-3'

/** A lead on the board. The whole card opens the conversation and can be dragged; by keyboard, its name can. */
export function Card({ lead, canDrag, onAsk }: { lead: Lead; canDrag: boolean; onAsk: Ask }) {
  const { setNodeRef, setActivatorNodeRef, listeners, attributes, isDragging } = useDraggable({
    id: lead.id,
    data: { lead },
    disabled: !canDrag,
  })
  return (
    <li
      ref={setNodeRef}
      {...(canDrag && listeners)}
      className={classes(
        look,
        'transition-colors hover:border-border-strong/60',
        canDrag && 'cursor-grab',
        isDragging && 'opacity-40',
      )}
    >
      <div className="flex items-start justify-between gap-2">
        <span className="flex min-w-0 flex-1 items-center gap-1.5">
          <LeadLink
            lead={lead}
            ref={setActivatorNodeRef}
            draggable={false}
            aria-describedby={canDrag ? attributes['aria-describedby'] : undefined}
            className="min-w-0 truncate rounded font-medium text-sm after:absolute after:inset-0 after:rounded-lg"
          />
          {lead.contact.optedOut && (
            // Above the link that covers the card, so that hover shows the text.
            <span className="relative flex">
              <OptedOut />
            </span>
          )}
        </span>
        <span className="-mt-1.5 -mr-1.5 pointer-coarse:-mt-3 pointer-coarse:-mr-3">
          <LeadMenu lead={lead} onAsk={onAsk} />
        </span>
      </div>
      <Rest lead={lead} />
    </li>
  )
}

/** The card that follows the pointer during a drag. */
export function DraggedCard({ lead }: { lead: Lead }) {
  return (
    <div className={classes(look, 'cursor-grabbing border-accent bg-raised shadow-raised')}>
      <p className="flex min-h-6.5 items-center gap-1.5 font-medium text-sm">
        <span className="truncate">
          <LeadName lead={lead} />
        </span>
        {lead.contact.optedOut && <OptedOut />}
      </p>
      <Rest lead={lead} />
    </div>
  )
}

function Rest({ lead }: { lead: Lead }) {
  const now = useNow()
  const { timezone } = useMe().account
  return (
    <div className="grid gap-1.5 text-muted text-xs">
      {lead.contact.name && lead.contact.phone && (
        <p>
          <Phone value={lead.contact.phone} />
        </p>
      )}
      <p className="flex items-baseline justify-between gap-2">
        {lead.valueCents === null ? (
          <span>No value yet</span>
        ) : (
          <span className="font-semibold text-sm text-text">
            <Money cents={lead.valueCents} />
          </span>
        )}
        <span title={`Since ${exactTime(lead.createdAt, timezone)}`}>
          {elapsed(now - Date.parse(lead.createdAt))} old
        </span>
      </p>
      <p>
        Last activity: <Time value={lead.lastActivityAt} plain />
      </p>
    </div>
  )
}

/** Links to the conversation, or to the person when there is none. */
export function LeadLink({ lead, ...rest }: { lead: Lead } & Omit<ComponentProps<'a'>, 'href' | 'children'>) {
  const { conversationId, contactId } = lead
  if (conversationId)
    return (
      <Link to="/inbox/$conversationId" params={{ conversationId }} {...rest}>
        <LeadName lead={lead} />
      </Link>
    )
  return (
    <Link to="/contacts/$contactId" params={{ contactId }} {...rest}>
      <LeadName lead={lead} />
    </Link>
  )
}
