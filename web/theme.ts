import { useSyncExternalStore } from 'react'

/** `system` follows the device. public/theme.js applies a choice before the first paint. */
export type Theme = 'system' | 'light' | 'dark'

const watchers = new Set<() => void>()

function current(): Theme {
  const chosen = localStorage.getItem('theme')
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system'
}

export function setTheme(theme: Theme): void {
  if (theme === 'system') {
    localStorage.removeItem('theme')
    delete document.documentElement.dataset.theme
  } else {
    localStorage.setItem('theme', theme)
    document.documentElement.dataset.theme = theme
  }
  for (const watch of watchers) watch()
}

export function useTheme(): Theme {
  return useSyncExternalStore((watch) => {
    watchers.add(watch)
    return () => watchers.delete(watch)
  }, current)
}
