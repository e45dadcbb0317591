import type { AnyRoute, LinkProps } from '@tanstack/react-router'
import type { LucideIcon } from 'lucide-react'
import type { Shows } from './live.ts'
import type { Me } from './me.ts'

/** The exports of a screen's screen.ts. All are in the first load, so the screen itself is imported lazily. */
export type Screen = {
  routes: readonly AnyRoute[]
  place?: Place
  shows?: Shows
}

/** An entry of the navigation, the palette and the keys. */
export type Place = {
  to: Address
  label: string
  icon: LucideIcon
  /** The keys that go there from anywhere. */
  keys: string
  /** For a place that some installations lack. */
  isThere?(me: Me): boolean
}

/** An address without parameters. */
type Address = Exclude<LinkProps['to'], undefined | '.' | '..' | `${string}$${string}`>
