import type { DispatchedType } from '../../../../src/domain/events.ts'
import { Checkbox } from '../../../parts/checkbox.tsx'
import { Segmented } from '../../../parts/segmented.tsx'
import { eventGroups, whenOf } from './data.ts'

type Props = { choice: Choice; error: string | null; onChange(choice: Choice): void }

/** `onlySome` without events is not a valid choice: to the server, no events means all. */
export type Choice = { onlySome: boolean; events: string[] }

/** Which events a webhook gets: all, or those ticked. */
export function EventChoice({ choice: { onlySome, events }, error, onChange }: Props) {
  const toggle = (type: DispatchedType, on: boolean) =>
    onChange({ onlySome, events: on ? [...events, type] : events.filter((one) => one !== type) })
  return (
    <div className="grid gap-4">
      <div className="grid gap-1.5">
        <span className="font-medium text-sm">Events</span>
        <Segmented
          label="Events"
          value={onlySome ? 'some' : 'all'}
          choices={[
            { value: 'all', label: 'All events' },
            { value: 'some', label: 'Only some' },
          ]}
          onChange={(value) => onChange({ onlySome: value === 'some', events })}
        />
        {!onlySome && <p className="text-muted text-sm">Also those that a later version brings.</p>}
        {error && <p className="text-danger text-sm">{error}</p>}
      </div>
      {onlySome &&
        eventGroups.map(([group, types]) => (
          <fieldset key={group} className="grid gap-2">
            <legend className="pb-2 font-medium text-muted text-xs">{group}</legend>
            {types.map((type) => (
              <Checkbox
                key={type}
                checked={events.includes(type)}
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
