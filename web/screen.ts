import type { AnyRoute, LinkProps } from '@tanstack/react-router'
import type { LucideIcon } from 'lucide-react'
import type { Shows } from './live.ts'
import type { Me } from './me.ts'

/** What the screen.ts of a screen exports. All of them are in the first load, so the screen itself is imported lazily. */
export type Screen = {
  routes: readonly AnyRoute[]
  place?: Place
  shows?: Shows
}

/** Where the navigation, the palette and the keys lead to. */
export type Place = {
  to: Address
  label: string
  icon: LucideIcon
  /** Goes there from anywhere. */
  keys: string
  /** For a place that not every installation has. */
  isThere?(me: Me): boolean
}

/** An address that needs nothing filled in. */
type Address = Exclude<LinkProps['to'], undefined | '.' | '..' | `${string}$${string}`>
