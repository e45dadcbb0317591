import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { useMe } from '../../me.ts'
import { currencySign, formatMoney, readMoney } from '../../money.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import type { Lead } from '../../types/leads.ts'
import { changeLead } from './leads.ts'
import { MoneyInput } from './money-input.tsx'
import { useLeadName } from './names.tsx'

/** Asks for the lead's value; an empty field means none. */
export function ValueDialog({ lead, onClose }: { lead: Lead; onClose(): void }) {
  const queries = useQueryClient()
  const { country } = useMe().account
  const name = useLeadName()(lead)
  const form = useId()
  const [text, setText] = useState(lead.valueCents === null ? '' : String(lead.valueCents / 100))
  const [error, setError] = useState<string | null>(null)

  function save(event: FormEvent) {
    event.preventDefault()
    const valueCents = readMoney(text)
    if (Number.isNaN(valueCents)) return setError(NO_AMOUNT)
    onClose()
    if (valueCents === lead.valueCents) return
    const said = valueCents === null ? `${name}: no value` : `${name}: ${formatMoney(valueCents, country)}`
    changeLead(queries, lead, { valueCents }, said)
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={`What is ${name} worth?`}
      size="small"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form={form}>
            Save value
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={save}>
        <Field label="Value" hint="Your best guess; correct it when you know." error={error} optional>
          {(control) => (
            <MoneyInput
              {...control}
              sign={currencySign(country)}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  )
}

export const NO_AMOUNT = 'is not an amount; write it like 1200 or 1200.50'
