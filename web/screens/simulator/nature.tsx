import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Select } from '../../parts/select.tsx'
import { toast } from '../../parts/toast.tsx'
import { formatPhone } from '../../phones.ts'
import * as network from './network.ts'

type Props = { phone: network.Handset; ringsFor: string[]; onClose(): void; onRemove?(): void }

const kindWords: Record<network.Kind, string> = {
  mobile: 'A mobile: texts arrive',
  landline: 'A landline: cannot be texted',
  filtered: 'A mobile whose carrier filters the texts as spam',
  unreachable: 'A mobile that is switched off for days',
}

const reactionWords: Record<network.Reaction, string> = {
  ring: 'It rings until you act',
  answer: 'It answers by itself',
  decline: 'It declines by itself',
  busy: 'It is busy',
  unreachable: 'It cannot be reached',
}

/** The phone's type, and what it does when unattended. Takes effect at once. */
export function Nature({ phone, ringsFor, onClose, onRemove }: Props) {
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (nature: Parameters<typeof network.changeNature>[1]) => network.changeNature(phone.number, nature),
    onSuccess: (changed) => queries.setQueryData(network.handsetQuery(phone.number).queryKey, changed),
    onError: (error) => toast.error(error),
  })
  const reacts = phone.whenCalled === 'answer' || phone.whenCalled === 'decline'
  return (
    <Dialog
      open
      onClose={onClose}
      title={formatPhone(phone.number)}
      description={ringsFor.length > 0 ? `Rung by ${ringsFor.join(', ')}.` : 'A caller’s phone.'}
      size="small"
      actions={
        <>
          {onRemove && <Button onClick={onRemove}>Take off the table</Button>}
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div className="grid gap-5">
        <Field label="Kind of phone">
          {(control) => (
            <Select
              {...control}
              value={phone.kind}
              onChange={(event) => change.mutate({ kind: event.target.value as network.Kind })}
            >
              {network.kinds.map((kind) => (
                <option key={kind} value={kind}>
                  {kindWords[kind]}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="When it is called">
          {(control) => (
            <Select
              {...control}
              value={phone.whenCalled}
              onChange={(event) => change.mutate({ whenCalled: event.target.value as network.Reaction })}
            >
              {network.reactions.map((reaction) => (
                <option key={reaction} value={reaction}>
                  {reactionWords[reaction]}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {reacts && (
          <Field label="After so many seconds of ringing">
            {(control) => (
              <Input
                {...control}
                type="number"
                inputMode="numeric"
                min={0}
                max={60}
                defaultValue={phone.afterMs / 1000}
                onBlur={(event) => change.mutate({ afterMs: Math.max(0, Number(event.target.value) || 0) * 1000 })}
              />
            )}
          </Field>
        )}
      </div>
    </Dialog>
  )
}
