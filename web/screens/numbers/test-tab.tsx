import type { Line } from '../../types/numbers.ts'
import { DecisionPreview } from './decision-preview.tsx'
import type { NumberTab } from './search.ts'
import { TestNow } from './test-now.tsx'

/** Tests the number by a real call, and by an imagined one. */
export function TestTab({ line, isDirty, onOpen }: { line: Line; isDirty: boolean; onOpen(tab: NumberTab): void }) {
  return (
    <div className="grid max-w-3xl gap-5">
      {isDirty && (
        <p className="rounded-lg bg-warning-soft px-3.5 py-3 text-sm text-warning">
          What you changed is not saved yet: calls go by what is saved.
        </p>
      )}
      <TestNow line={line} onOpen={onOpen} />
      <DecisionPreview line={line} />
    </div>
  )
}
