import { useQueryClient } from '@tanstack/react-query'
import { ArrowLeft } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Select } from '../../parts/select.tsx'
import type { Carrier } from '../../types/carriers.ts'
import type { Line } from '../../types/numbers.ts'
import { carrierLabel } from './data.ts'
import { PbxHook } from './pbx-hook.tsx'
import { SavedNumbers } from './saved-numbers.tsx'

type Props = { carrier: Carrier; carriers: Carrier[]; onBack(): void }

/** A phone system's number, typed because it cannot be listed; its texts leave through another connection. */
export function PbxNumber({ carrier, carriers, onBack }: Props) {
  const queries = useQueryClient()
  const texting = carriers.filter(({ kind }) => kind !== 'generic')
  const [saved, setSaved] = useState<Line[]>([])
  const form = useForm({ number: '', label: '', textsThrough: texting[0]?.id ?? '' }, async (values) => {
    const line = await api.post<Line>('/numbers', {
      ...values,
      textsThrough: values.textsThrough || null,
      carrier: carrier.id,
      mode: 'cfna',
    })
    setSaved((now) => [...now, line])
    form.reset()
    await queries.invalidateQueries({ queryKey: ['numbers'] })
  })
  return (
    <div className="grid gap-5">
      <PbxHook carrier={carrier} number={saved.at(-1)?.number ?? null} />
      <SavedNumbers numbers={saved.map(({ number }) => number)} />
      <Card
        title={saved.length > 0 ? 'Another number' : 'Its number'}
        hint="The one that people call at your phone system."
      >
        {texting.length === 0 ? (
          <p className="text-sm">
            A phone system cannot text. Connect Twilio or Telnyx first, then come back: this connection stays.
          </p>
        ) : (
          <form onSubmit={form.submit} className="grid gap-5">
            <FormError error={form.problem} />
            <div className="grid gap-5 sm:grid-cols-2">
              <Field label="Number" error={form.error('number')}>
                {(control) => (
                  <Input
                    {...control}
                    {...form.text('number')}
                    type="tel"
                    autoComplete="off"
                    placeholder="(202) 555-0102"
                  />
                )}
              </Field>
              <Field label="Label" optional error={form.error('label')}>
                {(control) => <Input {...control} {...form.text('label')} maxLength={60} placeholder="Workshop" />}
              </Field>
              <Field
                label="Texts leave through"
                hint="The number must be able to text there."
                error={form.error('textsThrough')}
              >
                {(control) => (
                  <Select {...control} {...form.text('textsThrough')}>
                    {texting.map((known) => (
                      <option key={known.id} value={known.id}>
                        {carrierLabel(known)}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
            </div>
            <div>
              <Button type="submit" kind="primary" pending={form.pending}>
                Save number
              </Button>
            </div>
          </form>
        )}
      </Card>
      <div>
        <Button kind="quiet" onClick={onBack}>
          <ArrowLeft aria-hidden />
          Another carrier
        </Button>
      </div>
    </div>
  )
}
