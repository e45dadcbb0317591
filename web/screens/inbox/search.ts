import { isView, type View } from './views.ts'

/** What the address may say after `?`; unknown words are dropped. */
export type InboxSearch = {
  /** The view of the list; `open` when missing. */
  view?: View
  /** The id of the text to scroll to, from a search. */
  message?: string
  /** Moves the focus to the composer. */
  reply?: true
}

export function validateSearch({ view, message, reply }: Record<string, unknown>): InboxSearch {
  return {
    ...(isView(view) && view !== 'open' && { view }),
    ...(typeof message === 'string' && { message }),
    ...(reply === true && { reply }),
  }
}
