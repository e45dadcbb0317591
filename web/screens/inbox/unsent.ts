import { useSyncExternalStore } from 'react'

/** A text that the server has not confirmed. Its key keeps a repeat from sending it twice. */
export type Unsent = {
  key: string
  body: string
  /** Their phone, when it is not the one that replies go to. */
  to?: string
  at: string
  state: 'sending' | 'failed'
  /** The server's reason, for the writer. */
  why: string | null
}

/*
 * Texts stay on this device until the server has them: drafts by conversation, and texts that could not be sent.
 * localStorage, so that a closed tab or an empty battery loses nothing.
 */
const memory = new Map<string, Unsent[]>()
const watchers = new Set<() => void>()
const none: Unsent[] = []

function read(conversationId: string): Unsent[] {
  const known = memory.get(conversationId)
  if (known) return known
  let kept: Unsent[] = none
  try {
    const stored: Unsent[] = JSON.parse(localStorage.getItem(`unsent ${conversationId}`) ?? '[]')
    // The page was closed before the answer came.
    kept = stored.map((text) => ({
      ...text,
      state: 'failed',
      why: text.why ?? 'The page was closed before the server answered. Retry is safe: it is never sent twice.',
    }))
  } catch {
    // An unreadable list is dropped.
  }
  memory.set(conversationId, kept)
  return kept
}

function write(conversationId: string, texts: Unsent[]): void {
  memory.set(conversationId, texts)
  if (texts.length > 0) localStorage.setItem(`unsent ${conversationId}`, JSON.stringify(texts))
  else localStorage.removeItem(`unsent ${conversationId}`)
  for (const watch of watchers) watch()
}

export function useUnsent(conversationId: string | null): Unsent[] {
  return useSyncExternalStore(
    (watch) => {
      watchers.add(watch)
      return () => watchers.delete(watch)
    },
    () => (conversationId ? read(conversationId) : none),
  )
}

export function keepUnsent(conversationId: string, text: Unsent): void {
  write(conversationId, [...read(conversationId).filter(({ key }) => key !== text.key), text])
}

export function dropUnsent(conversationId: string, key: string): void {
  write(
    conversationId,
    read(conversationId).filter((text) => text.key !== key),
  )
}

export const readDraft = (conversationId: string): string => localStorage.getItem(`draft ${conversationId}`) ?? ''

export function keepDraft(conversationId: string, text: string): void {
  if (text.trim() === '') localStorage.removeItem(`draft ${conversationId}`)
  else localStorage.setItem(`draft ${conversationId}`, text)
}
