import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { SlidersHorizontal, X } from 'lucide-react'
import { type ReactNode, type Ref, useState } from 'react'
import { dayIn } from '../../days.ts'
import { useMe } from '../../me.ts'
import { Button } from '../../parts/button.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { SearchInput } from '../../parts/search-input.tsx'
import { Select } from '../../parts/select.tsx'
import { Sheet } from '../../parts/sheet.tsx'
import { formatPhone } from '../../phones.ts'
import type { Line } from '../../types/numbers.ts'
import { SKIP_REASONS } from '../../words.ts'
import type { Search } from './search.ts'

const route = getRouteApi('/app/calls')

/** The filters that are set, without the call that is open. */
export function useFilters() {
  const { call: _, ...filters } = route.useSearch()
  return filters
}

type Props = {
  lines: Line[]
  searchRef: Ref<HTMLInputElement>
  /** The person, when only one person's calls are shown. */
  who: ReactNode
}

type Set = (change: Partial<Search>) => void

/** The log's filters, kept in the address. On a phone all but the search is in a sheet. */
export function Filters({ lines, searchRef, who }: Props) {
  const filters = useFilters()
  const navigate = useNavigate({ from: '/calls' })
  const [open, setOpen] = useState(false)
  const set: Set = (change) => navigate({ search: (now) => ({ ...now, ...change }), replace: true })
  const clear = () => navigate({ search: {}, replace: true })
  const hasDates = filters.from !== undefined || filters.to !== undefined
  const { search: _, contact: __, ...inSheet } = filters
  const count = Object.keys(inSheet).length - (filters.from && filters.to ? 1 : 0)
  return (
    <search className="mb-4 grid gap-2">
      <div className="grid grid-cols-[1fr_auto] gap-2 lg:grid-cols-[minmax(0,1.4fr)_repeat(4,minmax(0,1fr))]">
        <SearchInput
          ref={searchRef}
          label="Search calls by name or phone"
          placeholder="Name or phone"
          value={filters.search ?? ''}
          onSearch={(text) => set({ search: text || undefined })}
        />
        <Button className="h-10 lg:hidden" aria-haspopup="dialog" onClick={() => setOpen(true)}>
          <SlidersHorizontal aria-hidden />
          Filters
          {count > 0 && (
            <span className="flex h-5 min-w-5 items-center justify-center rounded-full bg-accent px-1 text-accent-text text-xs">
              {count}
              <span className="sr-only"> set</span>
            </span>
          )}
        </Button>
        <div className="hidden lg:contents">
          <Choices filters={filters} lines={lines} set={set} />
        </div>
      </div>
      {Object.keys(filters).length > 0 && (
        <div className="flex flex-wrap items-end gap-2">
          {filters.contact && (
            <Button size="small" onClick={() => set({ contact: undefined })}>
              Only calls of {who}
              <X aria-label="Show everybody’s" />
            </Button>
          )}
          <div className="hidden flex-1 items-end justify-end gap-2 lg:flex">
            {hasDates && <Dates filters={filters} set={set} />}
            <Button kind="quiet" size="small" onClick={clear}>
              Clear filters
            </Button>
          </div>
        </div>
      )}
      <Sheet open={open} onClose={() => setOpen(false)} title="Filters" side="bottom">
        <div className="grid gap-3 pt-2">
          <Choices filters={filters} lines={lines} set={set} />
          {hasDates && <Dates filters={filters} set={set} />}
          <div className="mt-2 grid grid-cols-2 gap-2">
            <Button onClick={clear}>Clear</Button>
            <Button kind="primary" onClick={() => setOpen(false)}>
              Show calls
            </Button>
          </div>
        </div>
      </Sheet>
    </search>
  )
}

type ChoicesProps = { filters: Search; lines: Line[]; set: Set }

function Choices({ filters: { outcome, number, text, days, from, to }, lines, set }: ChoicesProps) {
  const { country, timezone } = useMe().account
  const time = days ? String(days) : from || to ? 'dates' : ''
  const chooseTime = (value: string) => {
    const today = dayIn(timezone, Date.now())
    set({
      days: value === 'dates' || value === '' ? undefined : (Number(value) as 1 | 7 | 30),
      from: value === 'dates' ? today : undefined,
      to: value === 'dates' ? today : undefined,
    })
  }
  return (
    <>
      <Select
        aria-label="Outcome"
        value={outcome ?? ''}
        onChange={(event) => set({ outcome: (event.target.value || undefined) as Search['outcome'] })}
      >
        <option value="">Every outcome</option>
        <option value="missed">Missed</option>
        <option value="answered">Answered</option>
        <option value="ringing">Ringing now</option>
        <option value="in_progress">Talking now</option>
      </Select>
      <Select
        aria-label="Line"
        value={number ?? ''}
        onChange={(event) => set({ number: event.target.value || undefined })}
      >
        <option value="">Every line</option>
        {lines.map(({ number, label }) => (
          <option key={number} value={number}>
            {label ? `${label} · ` : ''}
            {formatPhone(number, country)}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Text-back"
        value={text ?? ''}
        onChange={(event) => set({ text: event.target.value || undefined })}
      >
        <option value="">Texted or not</option>
        <option value="sent">Texted back</option>
        <option value="skipped">Not texted</option>
        <optgroup label="Not texted, because …">
          {Object.entries(SKIP_REASONS).map(([reason, words]) => (
            <option key={reason} value={reason}>
              … {words}
            </option>
          ))}
        </optgroup>
      </Select>
      <Select aria-label="Time" value={time} onChange={(event) => chooseTime(event.target.value)}>
        <option value="">Any time</option>
        <option value="1">Today</option>
        <option value="7">Last 7 days</option>
        <option value="30">Last 30 days</option>
        <option value="dates">Choose dates …</option>
      </Select>
    </>
  )
}

function Dates({ filters: { from, to }, set }: { filters: Search; set: Set }) {
  return (
    <div className="grid grid-cols-2 gap-2 lg:flex">
      <Field label="From">
        {(control) => (
          <Input
            {...control}
            type="date"
            max={to}
            value={from ?? ''}
            onChange={(event) => set({ from: event.target.value || undefined })}
          />
        )}
      </Field>
      <Field label="To">
        {(control) => (
          <Input
            {...control}
            type="date"
            min={from}
            value={to ?? ''}
            onChange={(event) => set({ to: event.target.value || undefined })}
          />
        )}
      </Field>
    </div>
  )
}
