import { useQueryClient } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useMemo } from 'react'
import { api } from '../../api.ts'
import { useForm } from '../../form.ts'
import { useNow } from '../../now.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { toast } from '../../parts/toast.tsx'
import type { Settings } from '../../types/account.ts'
import { NewLead, type NewLeadValues, newLeadAfterDays, newLeadValues } from './new-lead.tsx'
import { Picker } from './picker.tsx'
import { countryChoices, countryName, zoneChoices } from './places.ts'

type Values = Pick<Settings, 'name' | 'timezone' | 'country' | 'alsoTextsCountries'> & {
  dailyCap: string
  recipientHourlyCap: string
  recipientDailyCap: string
  lateAfterMinutes: string
} & NewLeadValues

const valuesOf = (settings: Settings): Values => {
  const { name, timezone, country, alsoTextsCountries, newLeadAfterDays } = settings
  return {
    name,
    timezone,
    country,
    alsoTextsCountries,
    dailyCap: String(settings.dailyCap),
    recipientHourlyCap: String(settings.recipientHourlyCap),
    recipientDailyCap: String(settings.recipientDailyCap),
    lateAfterMinutes: String(settings.lateAfterMinutes),
    ...newLeadValues(newLeadAfterDays),
  }
}

export function BusinessForm({ settings, canChange }: { settings: Settings; canChange: boolean }) {
  const queries = useQueryClient()
  const now = useNow()
  const form = useForm(valuesOf(settings), async (values) => {
    const saved = await api.patch<Settings>('/settings', changesOf(values, settings))
    queries.setQueryData(['settings'], saved)
    form.reset(valuesOf(saved))
    toast.show('Saved')
    // The whole app shows the name and the time zone.
    await queries.invalidateQueries({ queryKey: ['me'] })
  })
  const { values, set } = form
  const countries = useMemo(countryChoices, [])
  const zones = useMemo(() => zoneChoices(now, settings.timezone), [now, settings.timezone])
  const isChanged = Object.keys(changesOf(values, settings)).length > 0
  const others = values.alsoTextsCountries
  const fieldsWithErrors = [
    'name',
    'timezone',
    'country',
    'alsoTextsCountries',
    'dailyCap',
    'recipientHourlyCap',
    'recipientDailyCap',
    'lateAfterMinutes',
    'newLeadAfterDays',
  ]

  return (
    <form onSubmit={form.submit} className="grid gap-6">
      {form.problem !== null && !fieldsWithErrors.some(form.error) && <FormError error={form.problem} />}
      <Card title="Profile">
        <div className="grid gap-5">
          <Field label="Name" hint="Your callers read it in each text, as {{business}}." error={form.error('name')}>
            {(control) => (
              <Input
                {...control}
                {...form.text('name')}
                autoComplete="organization"
                maxLength={80}
                required
                disabled={!canChange}
              />
            )}
          </Field>
          <Field
            label="Time zone"
            hint="For your hours, for the daily cap, and for every time in this app."
            error={form.error('timezone')}
          >
            {(control) => (
              <Picker
                label="Time zone"
                control={control}
                value={values.timezone}
                choices={zones}
                disabled={!canChange}
                onChange={(timezone) => set({ timezone })}
              />
            )}
          </Field>
          <Field
            label="Country"
            hint="Phones are written as in this country, and its phones are texted."
            error={form.error('country')}
          >
            {(control) => (
              <Picker
                label="Country"
                control={control}
                value={values.country}
                choices={countries}
                disabled={!canChange}
                onChange={(country) => set({ country })}
              />
            )}
          </Field>
        </div>
      </Card>
      <Card
        title="Other countries that may be texted and called"
        hint="A call from elsewhere is never texted back, and none is forwarded there: swindlers earn from each text and minute."
      >
        <div className="grid gap-3">
          {others.length > 0 && (
            <ul className="flex flex-wrap gap-2">
              {others.map((code) => (
                <li
                  key={code}
                  className="flex h-9 items-center gap-1 rounded-full border border-border pr-1 pl-3.5 text-sm pointer-coarse:h-11"
                >
                  {countryName(code)}
                  {canChange && (
                    <button
                      type="button"
                      aria-label={`Take ${countryName(code)} out`}
                      onClick={() => set({ alsoTextsCountries: others.filter((other) => other !== code) })}
                      className="flex size-7 items-center justify-center rounded-full text-muted hover:bg-hover hover:text-text pointer-coarse:size-10"
                    >
                      <X aria-hidden className="size-4" />
                    </button>
                  )}
                </li>
              ))}
            </ul>
          )}
          {!canChange && others.length === 0 && <p className="text-muted text-sm">None.</p>}
          {canChange && (
            <div className="max-w-60">
              <Picker
                label="Add a country"
                value={null}
                choices={countries.filter(({ value }) => value !== values.country && !others.includes(value))}
                onChange={(code) => set({ alsoTextsCountries: [...others, code] })}
              >
                Add a country
              </Picker>
            </div>
          )}
        </div>
      </Card>
      <Card title="Limits">
        <div className="grid items-start gap-5 sm:grid-cols-2">
          {LIMITS.map(({ name, label, hint, min, max }) => (
            <Field key={name} label={label} hint={hint} error={form.error(name)}>
              {(control) => (
                <Input
                  {...control}
                  {...form.text(name)}
                  type="number"
                  inputMode="numeric"
                  min={min}
                  max={max}
                  required
                  disabled={!canChange}
                />
              )}
            </Field>
          ))}
          <Usage used={settings.segmentsToday} cap={settings.dailyCap} />
        </div>
      </Card>
      <NewLead values={values} set={set} error={form.error('newLeadAfterDays')} disabled={!canChange} />
      {canChange && (
        <div className="flex gap-2">
          <Button type="submit" kind="primary" pending={form.pending} disabled={!isChanged}>
            Save
          </Button>
          {isChanged && <Button onClick={() => form.reset(valuesOf(settings))}>Discard changes</Button>}
        </div>
      )}
    </form>
  )
}

/** Segments are what carriers charge for: a text of up to 160 characters is one. */
const LIMITS = [
  {
    name: 'dailyCap',
    label: 'Segments a day, at most',
    hint: 'A text of 160 characters is one segment. Above it no text leaves until midnight, and the call says why.',
    min: 0,
    max: 1_000_000,
  },
  {
    name: 'lateAfterMinutes',
    label: 'Too late after, in minutes',
    hint: 'When a text-back could not leave sooner, it would only puzzle the caller.',
    min: 1,
    max: 1440,
  },
  {
    name: 'recipientHourlyCap',
    label: 'Segments to one person in an hour',
    hint: 'From people and programs together. The text to a missed call has its own limits.',
    min: 1,
    max: 100_000,
  },
  {
    name: 'recipientDailyCap',
    label: 'Segments to one person in 24 hours',
    hint: 'A program that goes astray, or a stolen API key, stops here.',
    min: 1,
    max: 100_000,
  },
] as const

function Usage({ used, cap }: { used: number; cap: number }) {
  return (
    <div className="grid gap-1.5 text-sm sm:col-span-2">
      <p>
        <strong className="font-semibold tabular-nums">{used.toLocaleString('en-US')}</strong> of{' '}
        <span className="tabular-nums">{cap.toLocaleString('en-US')}</span> segments sent today
      </p>
      <meter
        aria-label="Segments sent today"
        min={0}
        max={Math.max(cap, 1)}
        high={cap * 0.8}
        value={Math.min(used, cap)}
        className="h-2 w-full"
      />
    </div>
  )
}

/** Only the changed values: a colleague may be changing others at the same time. */
function changesOf(values: Values, settings: Settings): Partial<Settings> {
  const { newLead, newLeadDays, ...rest } = values
  const wanted = {
    ...rest,
    dailyCap: Number(values.dailyCap),
    recipientHourlyCap: Number(values.recipientHourlyCap),
    recipientDailyCap: Number(values.recipientDailyCap),
    lateAfterMinutes: Number(values.lateAfterMinutes),
    newLeadAfterDays: newLeadAfterDays({ newLead, newLeadDays }),
  }
  return Object.fromEntries(
    Object.entries(wanted).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(settings[name as keyof Settings]),
    ),
  )
}
