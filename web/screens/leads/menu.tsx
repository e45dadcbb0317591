import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { CircleSlash, Coins, Ellipsis, MessageSquareText, RotateCcw, Trophy, UserRound } from 'lucide-react'
import { IconButton } from '../../parts/icon-button.tsx'
import { Menu, MenuChoices, MenuItem, MenuLine } from '../../parts/menu.tsx'
import type { Lead } from '../../types/leads.ts'
import { boardQuery, changeLead } from './leads.ts'
import { useLeadName } from './names.tsx'

/** Opens the dialog for the value, or for why the lead is lost. */
export type Ask = (what: 'value' | 'lost', lead: Lead) => void

/** All actions of a lead, including those done by dragging. */
export function LeadMenu({ lead, onAsk }: { lead: Lead; onAsk: Ask }) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const stages = useQuery(boardQuery).data?.stages ?? []
  const name = useLeadName()(lead)
  const { conversationId, contactId } = lead
  const move = (stageId: string) => {
    const stage = stages.find(({ id }) => id === stageId)
    if (stage && stageId !== lead.stageId)
      changeLead(queries, lead, { stageId, stage: stage.name }, `${name} moved to ${stage.name}`)
  }
  return (
    <Menu trigger={<IconButton icon={Ellipsis} label={`Actions for ${name}`} className="relative z-10 size-8" />}>
      {lead.status === 'open' && (
        <>
          <MenuChoices
            label="Move to"
            value={lead.stageId}
            choices={stages.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={move}
          />
          <MenuLine />
        </>
      )}
      <MenuItem icon={Coins} onSelect={() => onAsk('value', lead)}>
        {lead.valueCents === null ? 'Set value …' : 'Change value …'}
      </MenuItem>
      {lead.status === 'open' ? (
        <>
          <MenuItem icon={Trophy} onSelect={() => changeLead(queries, lead, { status: 'won' }, `${name}: won`)}>
            Won
          </MenuItem>
          <MenuItem icon={CircleSlash} onSelect={() => onAsk('lost', lead)}>
            Lost …
          </MenuItem>
        </>
      ) : (
        <MenuItem
          icon={RotateCcw}
          onSelect={() => changeLead(queries, lead, { status: 'open', reason: null }, `${name}: open again`)}
        >
          Reopen
        </MenuItem>
      )}
      <MenuLine />
      {conversationId && (
        <MenuItem
          icon={MessageSquareText}
          onSelect={() => navigate({ to: '/inbox/$conversationId', params: { conversationId } })}
        >
          Open conversation
        </MenuItem>
      )}
      <MenuItem icon={UserRound} onSelect={() => navigate({ to: '/contacts/$contactId', params: { contactId } })}>
        Open contact
      </MenuItem>
    </Menu>
  )
}
