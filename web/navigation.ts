import {
  Hash,
  Inbox,
  type LucideIcon,
  PhoneMissed,
  Settings,
  Smartphone,
  SquareKanban,
  Sunrise,
  UsersRound,
} from 'lucide-react'

export type Place = {
  to: '/today' | '/inbox' | '/leads' | '/calls' | '/contacts' | '/numbers' | '/settings' | '/simulator'
  label: string
  icon: LucideIcon
  /** Goes there from anywhere. */
  keys: string
}

/** The places of the app in the order of their use; a phone's bar has the first four, the rest is under More. */
const places: Place[] = [
  { to: '/today', label: 'Today', icon: Sunrise, keys: 'g t' },
  { to: '/inbox', label: 'Inbox', icon: Inbox, keys: 'g i' },
  { to: '/leads', label: 'Leads', icon: SquareKanban, keys: 'g l' },
  { to: '/calls', label: 'Calls', icon: PhoneMissed, keys: 'g c' },
  // P as in people: C is taken.
  { to: '/contacts', label: 'Contacts', icon: UsersRound, keys: 'g p' },
  { to: '/numbers', label: 'Numbers', icon: Hash, keys: 'g n' },
  { to: '/settings', label: 'Settings', icon: Settings, keys: 'g s' },
  { to: '/simulator', label: 'Simulator', icon: Smartphone, keys: 'g m' },
]

export const placesFor = ({ simulator }: { simulator: boolean }): Place[] =>
  places.filter(({ to }) => simulator || to !== '/simulator')
