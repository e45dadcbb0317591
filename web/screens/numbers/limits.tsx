import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useIsOwner } from '../../me.ts'
import { Card } from '../../parts/card.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Select } from '../../parts/select.tsx'
import { Choice } from './choice.tsx'
import { settingsQuery } from './data.ts'
import type { Draft } from './draft.ts'

const cooldowns: [minutes: number, words: string][] = [
  [0, 'Every missed call gets its text'],
  [5, '5 minutes'],
  [30, '30 minutes'],
  [60, '1 hour'],
  [240, '4 hours'],
  [720, '12 hours'],
  [1_440, '1 day'],
  [4_320, '3 days'],
  [10_080, '1 week'],
  [43_200, '30 days'],
]

/** What prevents a text, and how fast texts are sent. */
export function LimitsTab({ draft }: { draft: Draft }) {
  const isOwner = useIsOwner()
  const { line } = draft
  const { cooldownMinutes } = line.textBack
  const isUsual = cooldowns.some(([minutes]) => minutes === cooldownMinutes)
  return (
    <fieldset disabled={!isOwner} className="grid min-w-0 max-w-3xl gap-5">
      <Card title="The same caller again">
        <Field
          label="Cooldown"
          hint="For so long a caller who was texted back gets no second text for another missed call."
          error={draft.error('textBack.cooldownMinutes')}
        >
          {(control) => (
            <span className="block max-w-80">
              <Select
                {...control}
                value={cooldownMinutes}
                onChange={(event) => draft.setTextBack({ cooldownMinutes: Number(event.target.value) })}
              >
                {!isUsual && <option value={cooldownMinutes}>{cooldownMinutes} minutes</option>}
                {cooldowns.map(([minutes, words]) => (
                  <option key={minutes} value={minutes}>
                    {words}
                  </option>
                ))}
              </Select>
            </span>
          )}
        </Field>
      </Card>
      <Card
        title="Forged caller ids"
        hint="Carriers sign who calls (STIR/SHAKEN), and say so when the number shown does not fit."
      >
        <Choice
          label="Forged caller ids"
          value={line.textBack.forgedCallerId}
          onChange={(forgedCallerId) => draft.setTextBack({ forgedCallerId })}
          className="sm:grid-cols-2"
          choices={[
            {
              value: 'skip',
              title: 'Send nothing',
              children: 'A robot borrowed somebody’s number; that somebody would wonder about the text.',
            },
            {
              value: 'send',
              title: 'Text them all the same',
              children: 'When your callers’ small carriers sign badly, and you would miss real ones.',
            },
          ]}
        />
      </Card>
      <Card title="How fast texts leave">
        <Field
          label="Segments a second"
          hint="The carrier’s pace for this number: 1 for a US local number, 3 for a toll-free one, 0 for no limit. Faster than the carrier allows, texts get lost there."
          error={draft.error('segmentsPerSecond')}
        >
          {(control) => (
            <Input
              {...control}
              type="number"
              inputMode="decimal"
              className="w-28!"
              value={Number.isNaN(line.segmentsPerSecond) ? '' : line.segmentsPerSecond}
              onChange={(event) =>
                draft.set({
                  segmentsPerSecond: event.target.value === '' ? Number.NaN : Number(event.target.value),
                })
              }
            />
          )}
        </Field>
      </Card>
      <DailyCap />
    </fieldset>
  )
}

function DailyCap() {
  const settings = useQuery(settingsQuery).data
  return (
    <p className="text-muted text-sm">
      The daily cap is the business’s, over all its numbers
      {settings && `: ${settings.segmentsToday} of ${settings.dailyCap} segments are used today`}.{' '}
      <Link to="/settings/business" className="text-accent underline">
        Change the daily cap
      </Link>
    </p>
  )
}
