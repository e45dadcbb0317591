import { Cable, Eraser, Pause, Play } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { IconButton } from '../../parts/icon-button.tsx'
import { Segmented } from '../../parts/segmented.tsx'
import { Select } from '../../parts/select.tsx'
import { formatPhone } from '../../phones.ts'
import { ExchangeRow } from './exchange.tsx'
import type { Call, Exchange } from './network.ts'
import { HIDDEN } from './phones.ts'
import { names } from './pretty.ts'
import type { useTape } from './tape.ts'

/** A screen or two; a button draws more. */
const DRAWN = 50

type Props = { tape: ReturnType<typeof useTape>; phones: string[]; calls: Call[] }

/** The exchanges between the carriers and Textback: newest first, by carrier, phone or call. */
export function Wire({ tape, phones, calls }: Props) {
  const [face, setFace] = useState<'all' | Exchange['face']>('all')
  const [about, setAbout] = useState('')
  const [drawn, setDrawn] = useState(DRAWN)
  const words = useMemo(() => {
    const call = calls.find(({ id }) => id === about)
    return call ? [call.carrierCallId, ...call.legs.map(({ id }) => id)] : about ? [about] : null
  }, [about, calls])
  const rows = tape.rows.filter(
    (exchange) => (face === 'all' || exchange.face === face) && (!words || names(exchange, words)),
  )
  return (
    <section
      aria-labelledby="wire"
      className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-xl border border-border bg-surface"
    >
      <header className="grid gap-2.5 border-border border-b px-4 pt-2.5 pb-3">
        <div className="flex items-center gap-1">
          <h2 id="wire" className="flex-1 font-semibold">
            The wire
          </h2>
          {tape.waiting > 0 && <Badge tone="accent">{tape.waiting} new</Badge>}
          <IconButton
            icon={tape.paused ? Play : Pause}
            label={tape.paused ? 'Go on' : 'Hold still'}
            aria-pressed={tape.paused}
            onClick={tape.paused ? tape.resume : tape.pause}
          />
          <IconButton icon={Eraser} label="Clear" onClick={tape.clear} />
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Segmented
            label="Carrier"
            value={face}
            choices={[
              { value: 'all', label: 'All' },
              { value: 'twilio', label: 'Twilio' },
              { value: 'telnyx', label: 'Telnyx' },
            ]}
            onChange={setFace}
          />
          <span className="min-w-40 flex-1">
            <Select
              aria-label="About"
              value={about}
              onChange={(event) => setAbout(event.target.value)}
              className="h-9 text-sm"
            >
              <option value="">Everything</option>
              <optgroup label="A phone">
                {phones
                  .filter((number) => number !== HIDDEN)
                  .map((number) => (
                    <option key={number} value={number}>
                      {formatPhone(number)}
                    </option>
                  ))}
              </optgroup>
              {calls.length > 0 && (
                <optgroup label="A call">
                  {calls.map(({ id, from, to, timeline }) => (
                    <option key={id} value={id}>
                      {formatPhone(from)} to {formatPhone(to)}, {timeOf(timeline[0]?.at)}
                    </option>
                  ))}
                </optgroup>
              )}
            </Select>
          </span>
        </div>
      </header>
      {rows.length === 0 ? (
        <div className="grid justify-items-center px-6 py-14 text-center">
          <Cable aria-hidden className="mb-3 size-5 text-muted" />
          <p className="max-w-xs text-balance text-muted text-sm">
            {tape.rows.length > 0
              ? 'Nothing of that is on the wire. Choose something else above.'
              : 'Each webhook of a carrier and each request of Textback appears here, with its signature, its answer and how long it took.'}
          </p>
        </div>
      ) : (
        <ol aria-label="Exchanges" className="min-h-0 flex-1 divide-y divide-border overflow-y-auto">
          {rows.slice(0, drawn).map((exchange) => (
            <ExchangeRow key={exchange.seq} exchange={exchange} />
          ))}
          {rows.length > drawn && (
            <li className="flex justify-center py-2">
              <Button kind="quiet" size="small" onClick={() => setDrawn(drawn + DRAWN)}>
                Show older
              </Button>
            </li>
          )}
        </ol>
      )}
    </section>
  )
}

const timeOf = (at: string | undefined) => (at ? new Date(at).toLocaleTimeString('en-GB') : '')
