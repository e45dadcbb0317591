import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import { useKeys } from '../../keys.ts'
import { useMe } from '../../me.ts'
import { currencySign } from '../../money.ts'
import { SearchInput } from '../../parts/search-input.tsx'
import { Select } from '../../parts/select.tsx'
import type { Board, Lead } from '../../types/leads.ts'
import type { Search } from './search.ts'

const route = getRouteApi('/app/leads')

const LEAST_VALUES = [100, 500, 1000, 5000, 10_000]

/** The table's filters, kept in the address. */
export function Filters({ stages }: { stages: Board['stages'] }) {
  const { stage, status, search, min } = route.useSearch()
  const navigate = useNavigate({ from: '/leads' })
  const sign = currencySign(useMe().account.country)
  const input = useRef<HTMLInputElement>(null)
  const set = (change: Partial<Search>) => navigate({ search: (now) => ({ ...now, ...change }), replace: true })
  useKeys('Leads', { '/': ['Search leads', () => input.current?.focus()] })
  return (
    <search className="mb-4 grid grid-cols-2 gap-2 lg:grid-cols-[minmax(0,1.6fr)_repeat(3,minmax(0,1fr))]">
      <div className="col-span-2 lg:col-span-1">
        <SearchInput
          ref={input}
          label="Search leads by name or phone"
          placeholder="Name or phone"
          value={search ?? ''}
          onSearch={(text) => set({ search: text || undefined })}
        />
      </div>
      <Select
        aria-label="Stage"
        value={stage ?? ''}
        onChange={(event) => set({ stage: event.target.value || undefined })}
      >
        <option value="">Every stage</option>
        {stages.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Status"
        value={status ?? ''}
        onChange={(event) => set({ status: (event.target.value || undefined) as Lead['status'] | undefined })}
      >
        <option value="">Any status</option>
        <option value="open">Open</option>
        <option value="won">Won</option>
        <option value="lost">Lost</option>
      </Select>
      <div className="max-lg:col-span-2">
        <Select
          aria-label="Minimum value"
          value={min ?? ''}
          onChange={(event) => set({ min: Number(event.target.value) || undefined })}
        >
          <option value="">Any value</option>
          {[...new Set([...LEAST_VALUES, ...(min ? [min] : [])])]
            .sort((a, b) => a - b)
            .map((least) => (
              <option key={least} value={least}>
                {sign}
                {least.toLocaleString('en-US')} or more
              </option>
            ))}
        </Select>
      </div>
    </search>
  )
}
