import { isMac } from '../keys.ts'

/** Only where there is a keyboard. A key, or several: 'mod+k' (⌘K on a Mac), 'g i' (one after the other). */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="inline-flex gap-1 pointer-coarse:hidden">
      {keys.split(' ').map((key) => (
        <kbd
          key={key}
          className="inline-flex h-5 min-w-5 items-center justify-center rounded border border-current/25 px-1 font-sans text-[0.6875rem] leading-none"
        >
          {nameOf(key)}
        </kbd>
      ))}
    </span>
  )
}

function nameOf(key: string): string {
  const names: Record<string, string> = { Escape: 'Esc', Enter: '↵', ArrowUp: '↑', ArrowDown: '↓' }
  if (key.startsWith('mod+')) return `${isMac ? '⌘' : 'Ctrl '}${nameOf(key.slice(4))}`
  return names[key] ?? (key.length === 1 ? key.toUpperCase() : key)
}
