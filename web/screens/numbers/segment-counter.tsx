import { measureText } from '../../../src/domain/message.ts'
import { Button } from '../../parts/button.tsx'
import { Marked } from './phone-preview.tsx'

type Props = {
  /** The text as it would be sent, placeholders filled. */
  text: string
  template: string
  onChange(template: string): void
}

/** What a text costs, and which characters raise it. */
export function SegmentCounter({ text, template, onChange }: Props) {
  const { encoding, segments, characters, notGsm } = measureText(text)
  const isPlain = encoding === 'GSM-7'
  const room = segments > 1 ? (isPlain ? 153 : 67) * segments : isPlain ? 160 : 70
  return (
    <div className="grid gap-2 text-muted text-sm">
      <p className="flex flex-wrap gap-x-3 tabular-nums">
        <span>
          {characters} of {room} characters
        </span>
        <span className={segments > 1 ? 'text-warning' : undefined}>
          {segments} {segments === 1 ? 'segment' : 'segments'}
        </span>
        <span>{encoding}</span>
      </p>
      {!isPlain && (
        <div className="flex flex-wrap items-center justify-between gap-2 rounded-lg bg-warning-soft px-3 py-2 text-warning">
          <p className="min-w-0 flex-1 basis-56">
            <Marked text={notGsm.join(' ')} marked={notGsm} /> {notGsm.length === 1 ? 'is' : 'are'} not in the plain
            alphabet of texts (GSM-7), so a segment holds 70 characters instead of 160.
          </p>
          <Button size="small" onClick={() => onChange(without(template, notGsm))}>
            Take {notGsm.length === 1 ? 'it' : 'them'} out
          </Button>
        </div>
      )}
      {isPlain && /[“”„‘’‚`´–—…]/.test(template) && (
        <p>Curly quotes and dashes leave as plain ones: a single curly quote would halve the room.</p>
      )}
    </div>
  )
}

function without(template: string, characters: string[]): string {
  return characters.reduce((text, character) => text.replaceAll(character, ''), template).replace(/ {2,}/g, ' ')
}
