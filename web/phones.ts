import { useSyncExternalStore } from 'react'

type Formats = typeof import('libphonenumber-js/min')

/** 75 kB that a business with only North American callers never needs: fetched for the first other number. */
let formats: Formats | null = null
let asked = false
const watchers = new Set<() => void>()

const northAmerican = /^\+1(\d{3})(\d{3})(\d{4})$/

/** '(202) 555-0143' at home, '+44 20 7946 0018' from abroad; other values become words. */
export function formatPhone(value: string, country = 'US'): string {
  const parts = northAmerican.exec(value)
  if (parts) {
    const national = `(${parts[1]}) ${parts[2]}-${parts[3]}`
    return country === 'US' || country === 'CA' ? national : `+1 ${parts[1]}-${parts[2]}-${parts[3]}`
  }
  if (!value.startsWith('+')) return value === '' || value === 'anonymous' ? 'Hidden number' : value
  const parsed = formats?.parsePhoneNumberFromString(value)
  if (!parsed) return value
  return parsed.country === country ? parsed.formatNational() : parsed.formatInternational()
}

/** Renders again when the formats that a number needs are loaded. */
export function usePhoneFormats(value: string): void {
  useSyncExternalStore(
    (watch) => {
      watchers.add(watch)
      if (value.startsWith('+') && !northAmerican.test(value)) fetchFormats()
      return () => watchers.delete(watch)
    },
    () => formats,
  )
}

async function fetchFormats(): Promise<void> {
  if (asked) return
  asked = true
  formats = await import('libphonenumber-js/min').catch(() => null)
  for (const watch of watchers) watch()
}
