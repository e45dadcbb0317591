import { ArrowLeft, ArrowRight, ChevronRight, TriangleAlert } from 'lucide-react'
import { memo, type ReactNode, useState } from 'react'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { classes } from '../../parts/classes.ts'
import type { Exchange } from './network.ts'
import { gist, pretty, shortPath, signatureHeaders } from './pretty.ts'

const faceNames = { twilio: 'Twilio', telnyx: 'Telnyx' }

/** One exchange: one row that opens to show all of it. */
export const ExchangeRow = memo(function ExchangeRow({ exchange }: { exchange: Exchange }) {
  const [open, setOpen] = useState(false)
  const { at, face, direction, method, url, status, ms, note } = exchange
  const toApp = direction === 'to_app'
  const carrier = faceNames[face]
  if (method === '')
    return (
      <li className="flex gap-2 px-4 py-2 text-warning text-xs">
        <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
        <span>
          {carrier}: {note}
        </span>
      </li>
    )
  const Arrow = toApp ? ArrowLeft : ArrowRight
  const about = gist(exchange)
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex w-full items-start gap-2 px-3 py-2 text-left text-xs -outline-offset-2 hover:bg-hover pointer-coarse:min-h-11"
      >
        <ChevronRight
          aria-hidden
          className={classes('mt-0.5 size-4 shrink-0 text-muted transition-transform', open && 'rotate-90')}
        />
        <span className="grid min-w-0 flex-1 gap-0.5">
          <span className="flex min-w-0 items-center gap-1.5">
            <Arrow aria-hidden className={classes('size-3.5 shrink-0', toApp ? 'text-info' : 'text-accent')} />
            <span className="sr-only">{toApp ? `${carrier} asks Textback:` : `Textback asks ${carrier}:`}</span>
            <span className="shrink-0 font-medium">{method}</span>
            <span className="min-w-0 truncate font-mono">{shortPath(url)}</span>
          </span>
          <span className="flex flex-wrap gap-x-2 text-muted tabular-nums">
            <span>{clock(at)}</span>
            <span>{carrier}</span>
            {about && <span className="text-text">{about}</span>}
            {note && <span className="text-warning">{note}</span>}
          </span>
        </span>
        <span className="grid shrink-0 justify-items-end gap-0.5">
          <Badge tone={toneOf(status)}>{status ?? 'no answer'}</Badge>
          <span className="text-muted tabular-nums">{ms} ms</span>
        </span>
      </button>
      {open && <Whole exchange={exchange} />}
    </li>
  )
})

function Whole({ exchange }: { exchange: Exchange }) {
  const { direction, face, url, headers, body, answer } = exchange
  const carrier = faceNames[face]
  const [asking, answering] = direction === 'to_app' ? [carrier, 'Textback'] : ['Textback', carrier]
  const signed = Object.entries(headers).filter(([name]) => signatureHeaders.includes(name.toLowerCase()))
  const others = Object.entries(headers).filter(([name]) => !signatureHeaders.includes(name.toLowerCase()))
  return (
    <div className="grid gap-3 bg-sunken px-4 py-3 text-xs">
      <Part title={`${asking} asks`}>{url}</Part>
      {signed.length > 0 && <Part title="Signature">{lines(signed)}</Part>}
      {body && <Part title="Body">{pretty(body)}</Part>}
      <Part title={`${answering} answers`}>{answer ? pretty(answer) : 'Nothing: the answer has no body.'}</Part>
      <Part title="Other headers">{lines(others)}</Part>
    </div>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="grid gap-1">
      <h3 className="font-medium text-muted">{title}</h3>
      <pre className="whitespace-pre-wrap break-all font-mono">{children}</pre>
    </div>
  )
}

const lines = (headers: [string, string][]) => headers.map(([name, value]) => `${name}: ${value}`).join('\n')

/** To the millisecond, by this machine's clock, to show the order. */
const clock = (at: string) => {
  const time = new Date(at)
  return `${time.toLocaleTimeString('en-GB')}.${String(time.getMilliseconds()).padStart(3, '0')}`
}

function toneOf(status: number | null): Tone {
  if (status === null || status >= 500) return 'danger'
  return status >= 400 ? 'warning' : 'success'
}
