import { Fragment } from 'react'

type Props = {
  /** The sender: the number as the caller's phone shows it. */
  from: string
  text: string
  /** Characters to mark: those that make the text expensive. */
  marked: string[]
}

/** The caller's phone with the text on it. */
export function PhonePreview({ from, text, marked }: Props) {
  return (
    <figure className="mx-auto w-full max-w-72">
      <div className="rounded-[2.25rem] border-4 border-border-strong/50 bg-sunken p-1.5">
        <div className="flex h-96 flex-col overflow-hidden rounded-[1.75rem] border border-border bg-surface">
          <div aria-hidden className="mx-auto mt-2 h-1.5 w-16 rounded-full bg-border" />
          <div className="border-border border-b py-2.5 text-center font-semibold text-sm tabular-nums">{from}</div>
          <div className="flex min-h-0 flex-1 flex-col justify-end gap-2 overflow-y-auto p-3">
            <p className="text-center text-muted text-xs">Missed call, just now</p>
            {text === '' ? (
              <p className="pb-2 text-center text-muted text-sm">Nothing to read yet</p>
            ) : (
              <p className="max-w-[90%] self-start whitespace-pre-wrap rounded-2xl rounded-bl-md bg-hover px-3 py-2 text-sm">
                <Marked text={text} marked={marked} />
              </p>
            )}
          </div>
        </div>
      </div>
    </figure>
  )
}

export function Marked({ text, marked }: { text: string; marked: string[] }) {
  if (marked.length === 0) return text
  return [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(({ segment, index }) =>
    marked.some((character) => segment.includes(character)) ? (
      <mark key={index} className="rounded bg-warning-soft px-0.5 text-warning outline-1 outline-warning">
        {segment}
      </mark>
    ) : (
      <Fragment key={index}>{segment}</Fragment>
    ),
  )
}
