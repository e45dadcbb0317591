import { Link } from '@tanstack/react-router'
import { CircleAlert, Hourglass } from 'lucide-react'
import { Button } from '../../parts/button.tsx'
import { classes } from '../../parts/classes.ts'
import type { Finding, MendAt } from './diagnosis.ts'
import type { NumberTab } from './search.ts'

/** Why the test does not continue, and a link to the fix. */
export function FindingNote({ finding, onOpen }: { finding: Finding; onOpen(tab: NumberTab): void }) {
  const { cause, mend, at, tone } = finding
  const isPatience = tone === 'patience'
  const Icon = isPatience ? Hourglass : CircleAlert
  return (
    <div
      className={classes(
        'flex gap-2.5 rounded-lg px-4 py-3 text-sm',
        isPatience ? 'bg-info-soft text-info' : 'bg-warning-soft text-warning',
      )}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="grid justify-items-start gap-2">
        <p>
          <strong className="font-semibold">{cause}</strong> {mend}
        </p>
        {at && <MendLink at={at} onOpen={onOpen} />}
      </div>
    </div>
  )
}

const tabNames: Record<NumberTab, string> = {
  'text-back': 'Text-back',
  calls: 'Calls',
  hours: 'Hours',
  limits: 'Limits',
  setup: 'Setup',
  test: 'Test',
}

const placeNames = {
  '/settings/business': 'Business',
  '/settings/opt-outs': 'Opt-outs',
  '/settings/lists': 'the lists',
}

function MendLink({ at, onOpen }: { at: MendAt; onOpen(tab: NumberTab): void }) {
  if ('tab' in at)
    return (
      <Button size="small" onClick={() => onOpen(at.tab)}>
        Open {tabNames[at.tab]}
      </Button>
    )
  return (
    <Button size="small" asChild>
      {'to' in at ? (
        <Link to={at.to}>Open {placeNames[at.to]}</Link>
      ) : (
        <Link to="/inbox/$conversationId" params={{ conversationId: at.conversation }}>
          See the conversation
        </Link>
      )}
    </Button>
  )
}
