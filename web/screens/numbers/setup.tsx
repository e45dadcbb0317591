import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useIsOwner } from '../../me.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Checkbox } from '../../parts/checkbox.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Select } from '../../parts/select.tsx'
import { toast } from '../../parts/toast.tsx'
import type { Line } from '../../types/numbers.ts'
import { Configured } from './configured.tsx'
import { carrierLabel, carriersQuery, numberPath, useLineName } from './data.ts'
import type { Draft } from './draft.ts'
import { PbxHook } from './pbx-hook.tsx'

/** The number's label, its connections, and its deletion. */
export function SetupTab({ draft, saved }: { draft: Draft; saved: Line }) {
  const isOwner = useIsOwner()
  const { line } = draft
  const carriers = useQuery(carriersQuery).data ?? []
  const carrier = carriers.find(({ id }) => id === saved.carrier)
  const texting = carriers.filter(({ kind }) => kind !== 'generic')
  return (
    <div className="grid max-w-3xl gap-5">
      <fieldset disabled={!isOwner} className="grid min-w-0 gap-5">
        <Card title="This number">
          <div className="grid gap-5">
            <Field label="Label" hint="What your people call it: Main line, Sales." error={draft.error('label')}>
              {(control) => (
                <Input
                  {...control}
                  className="max-w-80"
                  maxLength={60}
                  value={line.label}
                  onChange={(event) => draft.set({ label: event.target.value })}
                />
              )}
            </Field>
            <Field label="Its calls come from" error={draft.error('carrier')}>
              {(control) => (
                <span className="block max-w-80">
                  <Select
                    {...control}
                    value={line.carrier}
                    onChange={(event) => draft.set({ carrier: event.target.value })}
                  >
                    {carriers.map((carrier) => (
                      <option key={carrier.id} value={carrier.id}>
                        {carrierLabel(carrier)}
                      </option>
                    ))}
                  </Select>
                </span>
              )}
            </Field>
            <Field
              label="Its texts leave through"
              hint="The same, unless that connection is a phone system, which cannot text."
              error={draft.error('textsThrough')}
            >
              {(control) => (
                <span className="block max-w-80">
                  <Select
                    {...control}
                    value={line.textsThrough ?? ''}
                    onChange={(event) => draft.set({ textsThrough: event.target.value || null })}
                  >
                    <option value="">The same connection</option>
                    {texting.map((carrier) => (
                      <option key={carrier.id} value={carrier.id}>
                        {carrierLabel(carrier)}
                      </option>
                    ))}
                  </Select>
                </span>
              )}
            </Field>
            <div className="grid gap-1">
              <Checkbox
                label="This number is in use"
                checked={line.enabled}
                onChange={(enabled) => draft.set({ enabled })}
              />
              <p className="text-muted text-sm">
                Paused, its calls still ring and are recorded, but nobody is texted and no lead is made.
              </p>
            </div>
            <p className="text-sm">
              <Link to="/settings/carriers" className="text-accent underline">
                Carriers and their credentials
              </Link>
            </p>
          </div>
        </Card>
      </fieldset>
      {carrier?.kind === 'generic' && <PbxHook carrier={carrier} number={saved.number} />}
      <Configured line={saved} />
      {isOwner && <Remove line={saved} />}
    </div>
  )
}

function Remove({ line }: { line: Line }) {
  const [asked, setAsked] = useState(false)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const name = useLineName()(line)
  const remove = useMutation({
    mutationFn: () => api.delete(numberPath(line.number)),
    onSuccess: async () => {
      // Not fetched again, because the answer would be 404.
      queries.removeQueries({ queryKey: ['numbers', line.number] })
      await navigate({ to: '/numbers', ignoreBlocker: true })
      toast.show(`${name} is deleted. Its calls and texts stay in the books.`)
    },
    onError: (error) => {
      setAsked(false)
      toast.error(error)
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['numbers'], exact: true }),
  })
  return (
    <Card title="Delete this number">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p className="min-w-0 flex-1 basis-64 text-muted text-sm">
          Its missed calls are not texted back any more, and its settings are gone. Calls, texts and leads stay.
        </p>
        <Button className="text-danger" onClick={() => setAsked(true)}>
          Delete number
        </Button>
      </div>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={`Delete ${name}?`}
        action="Delete number"
        typed={line.number}
        pending={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        This cannot be undone: its text, hours and limits are forgotten. At the carrier the number stays yours, but its
        calls go on coming here, where nobody takes them, until you point them elsewhere.
      </Confirm>
    </Card>
  )
}
