import { Money } from '../../parts/money.tsx'
import type { Lead } from '../../types/leads.ts'
import type { LeadTotals } from './types.ts'

/** The totals of the table: one status as a sum, else each status by itself. Lost leads count as no value. */
export function Totals({ totals, status }: { totals: LeadTotals; status: Lead['status'] | undefined }) {
  if (status)
    return (
      <>
        {totals.count === 1 ? '1 lead' : `${counted(totals.count)} leads`}, together worth{' '}
        <Worth cents={totals.valueCents} />, newest first
      </>
    )
  const { open, won, lost } = totals.byStatus
  return (
    <>
      <Part {...open} word="open" worth=", worth " />
      <Part {...won} word="won" worth=", " />
      <Part count={lost.count} word="lost" />
      newest first
    </>
  )
}

type PartProps = { count: number; word: Lead['status']; valueCents?: number; worth?: string }

/** '6 open, worth $7,850 · '; without values, '6 open · '. */
function Part({ count, word, valueCents = 0, worth }: PartProps) {
  if (count === 0) return null
  return (
    <>
      {counted(count)} {word}
      {valueCents > 0 && worth}
      {valueCents > 0 && <Worth cents={valueCents} />}
      {' · '}
    </>
  )
}

function Worth({ cents }: { cents: number }) {
  return (
    <span className="font-medium text-text">
      <Money cents={cents} />
    </span>
  )
}

const counted = (count: number): string => count.toLocaleString('en-US')
