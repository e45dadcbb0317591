import { useState } from 'react'
import type { DispatchedType } from '../../../../src/domain/events.ts'
import { Checkbox } from '../../../parts/checkbox.tsx'
import { Segmented } from '../../../parts/segmented.tsx'
import { eventGroups, whenOf } from './data.ts'

type Props = { chosen: string[]; error: string | null; onChange(events: string[]): void }

/** Which events a webhook is sent: all, or those with a tick. */
export function EventChoice({ chosen, error, onChange }: Props) {
  const [which, setWhich] = useState<'all' | 'some'>(chosen.length > 0 ? 'some' : 'all')
  const toggle = (type: DispatchedType, on: boolean) =>
    onChange(on ? [...chosen, type] : chosen.filter((one) => one !== type))
  return (
    <div className="grid gap-4">
      <div className="grid gap-1.5">
        <span className="font-medium text-sm">Events</span>
        <Segmented
          label="Events"
          value={which}
          choices={[
            { value: 'all', label: 'All events' },
            { value: 'some', label: 'Only some' },
          ]}
          onChange={(value) => {
            setWhich(value)
            if (value === 'all') onChange([])
          }}
        />
        <p className="text-muted text-sm">
          {which === 'all' ? 'Also those that a later version brings.' : 'Choose at least one; none would be all.'}
        </p>
        {error && <p className="text-danger text-sm">{error}</p>}
      </div>
      {which === 'some' &&
        eventGroups.map(([group, types]) => (
          <fieldset key={group} className="grid gap-2">
            <legend className="pb-2 font-medium text-muted text-xs">{group}</legend>
            {types.map((type) => (
              <Checkbox
                key={type}
                checked={chosen.includes(type)}
                onChange={(on) => toggle(type, on)}
                label={
                  <>
                    {whenOf(type)} <code className="font-mono text-muted text-xs">{type}</code>
                  </>
                }
              />
            ))}
          </fieldset>
        ))}
    </div>
  )
}
