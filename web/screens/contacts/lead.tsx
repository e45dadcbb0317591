import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus, RotateCcw, ThumbsDown, Trophy } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Field } from '../../parts/field.tsx'
import { Money } from '../../parts/money.tsx'
import { Select } from '../../parts/select.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { Time } from '../../parts/time.tsx'
import { toast } from '../../parts/toast.tsx'
import type { Lead } from '../../types/leads.ts'
import { boardQuery, changeLead, usePendingLeads } from '../leads/leads.ts'
import { LostDialog } from '../leads/lost-dialog.tsx'
import { useLeadName } from '../leads/names.tsx'
import { ValueDialog } from '../leads/value-dialog.tsx'
import { leadsOfQuery } from './contact.ts'

/** The open lead with its actions, or a button for a new one; then the closed leads. */
export function Leads({ contactId, history }: { contactId: string; history: boolean }) {
  const { data } = useQuery(leadsOfQuery(contactId))
  const pending = usePendingLeads()
  const leads = data?.map((lead) => pending.get(lead.id) ?? lead)
  if (!leads) return <Skeleton className="h-16" />
  const open = leads.find(({ status }) => status === 'open')
  const closed = leads.filter(({ status }) => status !== 'open')
  const shown = history ? closed : closed.slice(0, open ? 0 : 1)
  return (
    <div className="grid gap-4">
      {open ? <OpenLead lead={open} /> : <NewLead contactId={contactId} />}
      {shown.length > 0 && (
        <ul aria-label="Closed leads" className="grid gap-2">
          {shown.map((lead) => (
            <ClosedLead key={lead.id} lead={lead} canReopen={!open} />
          ))}
        </ul>
      )}
    </div>
  )
}

function OpenLead({ lead }: { lead: Lead }) {
  const queries = useQueryClient()
  const stages = useQuery(boardQuery).data?.stages ?? []
  const name = useLeadName()(lead)
  const [asking, setAsking] = useState<'value' | 'lost' | null>(null)
  return (
    <div className="grid gap-3">
      <Field label="Stage">
        {(control) => (
          <Select
            {...control}
            value={lead.stageId}
            onChange={(event) => {
              const stage = stages.find(({ id }) => id === event.target.value)
              if (stage)
                changeLead(queries, lead, { stageId: stage.id, stage: stage.name }, `${name}: moved to ${stage.name}`)
            }}
          >
            {!stages.some(({ id }) => id === lead.stageId) && <option value={lead.stageId}>{lead.stage}</option>}
            {stages.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <div className="flex items-center justify-between gap-2 text-sm">
        <span className="text-muted">Value</span>
        <Button kind="quiet" size="small" className="text-text" onClick={() => setAsking('value')}>
          {lead.valueCents === null ? 'Set value' : <Money cents={lead.valueCents} />}
        </Button>
      </div>
      <div className="grid grid-cols-2 gap-2">
        <Button size="small" onClick={() => changeLead(queries, lead, { status: 'won', reason: null }, `${name}: won`)}>
          <Trophy aria-hidden />
          Won
        </Button>
        <Button size="small" onClick={() => setAsking('lost')}>
          <ThumbsDown aria-hidden />
          Lost
        </Button>
      </div>
      {asking === 'value' && <ValueDialog lead={lead} onClose={() => setAsking(null)} />}
      {asking === 'lost' && <LostDialog lead={lead} onClose={() => setAsking(null)} />}
    </div>
  )
}

function ClosedLead({ lead, canReopen }: { lead: Lead; canReopen: boolean }) {
  const queries = useQueryClient()
  const name = useLeadName()(lead)
  return (
    <li className="grid gap-1 rounded-lg border border-border px-3 py-2 text-sm">
      <div className="flex items-center gap-2">
        <Badge tone={lead.status === 'won' ? 'success' : 'neutral'}>{lead.status === 'won' ? 'Won' : 'Lost'}</Badge>
        {lead.valueCents !== null && <Money cents={lead.valueCents} />}
        <span className="ml-auto text-muted text-xs">
          <Time value={lead.closedAt ?? lead.updatedAt} plain />
        </span>
      </div>
      {lead.reason && <p className="wrap-anywhere text-muted">{lead.reason}</p>}
      {canReopen && (
        <Button
          kind="quiet"
          size="small"
          className="-ml-2.5 justify-self-start"
          onClick={() => changeLead(queries, lead, { status: 'open', reason: null }, `${name}: reopened`)}
        >
          <RotateCcw aria-hidden />
          Reopen
        </Button>
      )}
    </li>
  )
}

function NewLead({ contactId }: { contactId: string }) {
  const queries = useQueryClient()
  const open = useMutation({
    mutationFn: () => api.post<Lead>('/leads', { contactId }),
    networkMode: 'always',
    onSuccess: () => queries.invalidateQueries({ queryKey: ['leads'] }),
    onError: (error) => toast.error(error),
  })
  return (
    <Button size="small" className="justify-self-start" pending={open.isPending} onClick={() => open.mutate()}>
      <Plus aria-hidden />
      Open a lead
    </Button>
  )
}
