import { type LucideIcon, PhoneCall, PhoneIncoming, PhoneMissed, PhoneOutgoing } from 'lucide-react'
import { classes } from '../../parts/classes.ts'
import type { Call } from '../../types/calls.ts'

const icons: Record<Call['outcome'], [icon: LucideIcon, look: string]> = {
  missed: [PhoneMissed, 'bg-danger-soft text-danger'],
  answered: [PhoneIncoming, 'bg-success-soft text-success'],
  ringing: [PhoneCall, 'bg-info-soft text-info'],
  in_progress: [PhoneCall, 'bg-accent-soft text-accent'],
}

/** The icon of an outcome; the word is beside it. */
export function OutcomeIcon({ call: { outcome, direction } }: { call: Call }) {
  const [inbound, look] = icons[outcome]
  const Icon = direction === 'outbound' ? PhoneOutgoing : inbound
  return (
    <span aria-hidden className={classes('inline-flex size-9 shrink-0 items-center justify-center rounded-full', look)}>
      <Icon className="size-4" />
    </span>
  )
}
