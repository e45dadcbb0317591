import { useEffect, useRef, useState } from 'react'

/**
 * The keys of a screen: `useKeys('Inbox', { j: ['Next conversation', next], 'g i': ['Go to Inbox', go] })`.
 * A key is what KeyboardEvent.key says; `mod+` is ⌘ on a Mac and Ctrl elsewhere; two keys with a space follow each
 * other. Plain keys are ignored while one types in a field or has a dialog open. The sheet under `?` lists them all.
 */
export type Keys = Record<string, readonly [does: string, run: () => void]>

type Group = { section: string; keys: { current: Keys }; order: number }

/** In the order of their first rendering: the shell before its screen, although effects run in the opposite order. */
const groups: Group[] = []

let rendered = 0

/** How long a first key of two is remembered. */
const SEQUENCE_MS = 1_000

let first = ''
let firstAt = 0

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

export function useKeys(section: string, keys: Keys): void {
  const latest = useRef(keys)
  latest.current = keys
  const [order] = useState(() => ++rendered)
  useEffect(() => {
    const group = { section, keys: latest, order }
    groups.push(group)
    groups.sort((a, b) => a.order - b.order)
    if (groups.length === 1) document.addEventListener('keydown', onKeyDown)
    return () => {
      groups.splice(groups.indexOf(group), 1)
      if (groups.length === 0) document.removeEventListener('keydown', onKeyDown)
    }
  }, [section, order])
}

/** Every active key, by section, for the sheet. */
export function listKeys(): { section: string; keys: { key: string; does: string }[] }[] {
  const sections = new Map<string, { key: string; does: string }[]>()
  for (const { section, keys } of groups)
    for (const [key, [does]] of Object.entries(keys.current))
      sections.set(section, [...(sections.get(section) ?? []), { key, does }])
  return [...sections].map(([section, keys]) => ({ section, keys }))
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return
  const mod = isMac ? event.metaKey : event.ctrlKey
  if (!mod && (event.metaKey || event.ctrlKey || isBusy(event.target))) return
  const key = mod ? `mod+${event.key.toLowerCase()}` : event.key
  const sequence = event.timeStamp - firstAt < SEQUENCE_MS ? `${first} ${key}` : ''
  first = key
  firstAt = event.timeStamp
  // The newest wins: a screen may take a key from the shell.
  for (const { keys } of groups.toReversed()) {
    const found = keys.current[sequence] ?? keys.current[key]
    if (!found) continue
    event.preventDefault()
    first = ''
    found[1]()
    return
  }
}

function isBusy(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.closest('input, textarea, select, [role="dialog"], [role="menu"]') !== null
}
