import { BellOff, BellRing, EllipsisVertical, Plus, Star, Tag, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useForm } from '../../form.ts'
import { useIsOwner, useMe } from '../../me.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { IconButton } from '../../parts/icon-button.tsx'
import { Input } from '../../parts/input.tsx'
import { Menu, MenuItem, MenuLine } from '../../parts/menu.tsx'
import { Phone } from '../../parts/phone.tsx'
import { toast } from '../../parts/toast.tsx'
import { formatPhone } from '../../phones.ts'
import type { Address, Contact } from '../../types/contacts.ts'
import { useChangeContact } from './contact.ts'
import { Editable } from './editable.tsx'
import { LiftOptOut, useOptOut } from './opt-out.tsx'

/** Every phone of the contact: the primary one edited in place, the others in a list, and a form to add one. */
export function Phones({ contact }: { contact: Contact }) {
  const change = useChangeContact(contact.id)
  const [naming, setNaming] = useState<Address | 'new' | null>(null)
  const [primary, ...others] = contact.addresses
  return (
    <div className="grid gap-1">
      <div className="flex items-end gap-1">
        <div className="min-w-0 flex-1">
          <Editable
            labelled
            label="Phone"
            field="phone"
            type="tel"
            value={contact.phone ?? ''}
            placeholder="Add a phone"
            save={(phone) => change({ phone })}
          >
            {contact.phone && <Phone value={contact.phone} />}
          </Editable>
          {primary && <Marks address={primary} primary={others.length > 0} />}
        </div>
        {primary && others.length > 0 && <PhoneMenu contact={contact} address={primary} onLabel={setNaming} />}
      </div>
      {others.length > 0 && (
        <ul aria-label="Other phones" className="grid">
          {others.map((address) => (
            <li key={address.address} className="flex items-center gap-1 py-1">
              <div className="min-w-0 flex-1">
                <Phone value={address.address} />
                <Marks address={address} />
              </div>
              <PhoneMenu contact={contact} address={address} onLabel={setNaming} />
            </li>
          ))}
        </ul>
      )}
      {naming ? (
        <PhoneForm contact={contact} address={naming === 'new' ? null : naming} onClose={() => setNaming(null)} />
      ) : (
        primary && (
          <Button kind="quiet" size="small" className="-ml-2.5 justify-self-start" onClick={() => setNaming('new')}>
            <Plus aria-hidden />
            Add another phone
          </Button>
        )
      )}
    </div>
  )
}

/** Badges of a phone; nothing for an ordinary one. */
export function Marks({ address, primary = false }: { address: Address; primary?: boolean }) {
  const { label, optedOut, lineType } = address
  if (!label && !optedOut && !primary && lineType !== 'landline') return null
  return (
    <span className="flex flex-wrap items-center gap-1.5 text-muted text-xs">
      {label && <span className="wrap-anywhere">{label}</span>}
      {primary && <Badge>Primary</Badge>}
      {optedOut && <Badge tone="danger">Opted out</Badge>}
      {lineType === 'landline' && <Badge tone="warning">Landline</Badge>}
    </span>
  )
}

type MenuProps = { contact: Contact; address: Address; onLabel(address: Address): void }

function PhoneMenu({ contact, address, onLabel }: MenuProps) {
  const change = useChangeContact(contact.id)
  const isOwner = useIsOwner()
  const optOut = useOptOut(contact.id, address.address)
  const [lifting, setLifting] = useState(false)
  const { country } = useMe().account
  const shown = formatPhone(address.address, country)
  const { label, primary, optedOut } = address

  async function act(what: () => Promise<void>, said: () => void) {
    try {
      await what()
      said()
    } catch (error) {
      toast.error(error)
    }
  }
  const makePrimary = () =>
    act(
      () => change({ phone: address.address }),
      () => toast.show(`${shown} is their primary phone now`),
    )
  const takeOff = () =>
    act(
      () => change({ removeAddresses: [address.address] }),
      () =>
        toast.undo(`${shown} is taken off`, () =>
          act(
            () => change({ addAddresses: [{ address: address.address, label }] }),
            () => {},
          ),
        ),
    )
  return (
    <>
      <Menu trigger={<IconButton icon={EllipsisVertical} label={`More for ${shown}`} />}>
        {!primary && (
          <MenuItem icon={Star} onSelect={makePrimary}>
            Make it the primary phone
          </MenuItem>
        )}
        <MenuItem icon={Tag} onSelect={() => onLabel(address)}>
          {label ? 'Change its label' : 'Label it'}
        </MenuItem>
        {!optedOut && (
          <MenuItem icon={BellOff} onSelect={() => optOut.mutate(true)}>
            Opt out of texts
          </MenuItem>
        )}
        {optedOut && isOwner && (
          <MenuItem icon={BellRing} onSelect={() => setLifting(true)}>
            They asked for texts again …
          </MenuItem>
        )}
        {!primary && (
          <>
            <MenuLine />
            <MenuItem icon={Trash2} danger onSelect={takeOff}>
              Take it off
            </MenuItem>
          </>
        )}
      </Menu>
      <LiftOptOut open={lifting} onClose={() => setLifting(false)} change={optOut} />
    </>
  )
}

type FormProps = {
  contact: Contact /** One that is labelled; null for a new one. */
  address: Address | null
  onClose(): void
}

function PhoneForm({ contact, address, onClose }: FormProps) {
  const change = useChangeContact(contact.id)
  const form = useForm({ address: address?.address ?? '', label: address?.label ?? '' }, async (values) => {
    await change({ addAddresses: [values] })
    onClose()
  })
  const wrong = form.error('addAddresses[0].address')
  const wrongLabel = form.error('addAddresses[0].label')
  return (
    <form onSubmit={form.submit} className="grid gap-3 rounded-lg border border-border p-3">
      {form.problem !== null && !wrong && !wrongLabel && <FormError error={form.problem} />}
      {address === null && (
        <Field
          label="New phone"
          error={wrong}
          hint={wrong?.includes('another contact') && 'If it is the same person, merge the two: More, then Merge.'}
        >
          {(control) => (
            <Input {...control} {...form.text('address')} autoFocus type="tel" autoComplete="off" required />
          )}
        </Field>
      )}
      <Field label="Label" optional={address === null} error={wrongLabel}>
        {(control) => (
          <Input
            {...control}
            {...form.text('label')}
            autoFocus={address !== null}
            placeholder="Office, home, wife …"
            autoComplete="off"
            maxLength={40}
            required={address !== null}
          />
        )}
      </Field>
      <div className="flex gap-2">
        <Button type="submit" size="small" pending={form.pending}>
          {address === null ? 'Add phone' : 'Save label'}
        </Button>
        <Button kind="quiet" size="small" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
