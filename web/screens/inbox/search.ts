import { isView, type View } from './views.ts'

/** What the address may say after `?`; unknown words are dropped. */
export type InboxSearch = {
  /** Which conversations the list shows; `open` when not said. */
  view?: View
  /** The text to go to, by its id: where a search leads. */
  message?: string
  /** Begin to write at once. */
  reply?: true
}

export function validateSearch({ view, message, reply }: Record<string, unknown>): InboxSearch {
  return {
    ...(isView(view) && view !== 'open' && { view }),
    ...(typeof message === 'string' && { message }),
    ...(reply === true && { reply }),
  }
}
