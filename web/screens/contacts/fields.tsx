import { Plus, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { IconButton } from '../../parts/icon-button.tsx'
import { Input } from '../../parts/input.tsx'
import { toast } from '../../parts/toast.tsx'
import type { Contact } from '../../types/contacts.ts'
import { Editable } from './editable.tsx'
import type { ContactChange } from './types.ts'

type Fields = Contact['fields']
/** `save` changes the given fields; null removes one. */
type Props = { fields: Fields; save(fields: ContactChange['fields']): Promise<void> }

/** Custom facts about people: a gate code, a model, an address. */
export function CustomFields({ fields, save }: Props) {
  const [adding, setAdding] = useState(false)

  async function remove(name: string) {
    try {
      await save({ [name]: null })
      toast.undo(`“${name}” is removed`, () => save({ [name]: fields[name] as string }).catch(toast.error))
    } catch (error) {
      toast.error(error)
    }
  }

  return (
    <div className="grid gap-2 text-sm">
      {Object.entries(fields).map(([name, value]) => (
        <div key={name} className="flex items-end gap-1">
          <div className="min-w-0 flex-1">
            <Editable
              labelled
              label={name}
              field={`fields.${name}`}
              value={value === null ? '' : String(value)}
              placeholder="Empty"
              save={(text) => save({ [name]: text })}
            />
          </div>
          <IconButton icon={Trash2} label={`Remove ${name}`} onClick={() => remove(name)} />
        </div>
      ))}
      {adding ? (
        <NewField fields={fields} save={save} onDone={() => setAdding(false)} />
      ) : (
        <Button kind="quiet" size="small" className="-ml-2.5 justify-self-start" onClick={() => setAdding(true)}>
          <Plus aria-hidden />
          Add field
        </Button>
      )}
    </div>
  )
}

function NewField({ fields, save, onDone }: Props & { onDone(): void }) {
  const [name, setName] = useState('')
  const [value, setValue] = useState('')
  const [problem, setProblem] = useState<unknown>(null)
  const isTaken = Object.hasOwn(fields, name.trim())

  async function add(event: FormEvent) {
    event.preventDefault()
    if (name.trim() === '' || isTaken) return
    try {
      await save({ [name.trim()]: value.trim() })
      onDone()
    } catch (error) {
      setProblem(error)
    }
  }

  return (
    <form onSubmit={add} className="grid gap-2 rounded-lg border border-border p-3">
      <FormError error={problem} />
      <Input
        autoFocus
        aria-label="Field name"
        placeholder="Gate code"
        maxLength={60}
        aria-invalid={isTaken || undefined}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      {isTaken && <p className="text-danger text-sm">There is a field of that name; change that one.</p>}
      <Input
        aria-label="Value"
        placeholder="Value"
        maxLength={2000}
        value={value}
        onChange={(event) => setValue(event.target.value)}
      />
      <div className="flex justify-end gap-2">
        <Button size="small" onClick={onDone}>
          Cancel
        </Button>
        <Button size="small" type="submit" disabled={name.trim() === '' || isTaken}>
          Add
        </Button>
      </div>
    </form>
  )
}
