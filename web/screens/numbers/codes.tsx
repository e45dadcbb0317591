import { useQuery } from '@tanstack/react-query'
import { Phone as PhoneIcon } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { ErrorState } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { QrCode } from '../../parts/qr-code.tsx'
import { Select } from '../../parts/select.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { CopyButton } from './copy-button.tsx'
import { numberPath } from './data.ts'
import type { Forwarding } from './types.ts'

type Codes = Forwarding['carriers'][number]

const confidences = {
  good: { tone: 'success', words: 'Well documented' },
  'sources differ': { tone: 'warning', words: 'Sources differ' },
  unverified: { tone: 'neutral', words: 'Not verified' },
} as const

/** A phone dials what follows `tel:`; a bare # would begin a fragment. */
const telOf = (code: string) => `tel:${code.replaceAll('#', '%23')}`

/** What to dial on one's own phone, to forward its unanswered calls to this number. */
export function ForwardingCodes({ number }: { number: string }) {
  const forwarding = useQuery({
    queryKey: ['numbers', number, 'forwarding'],
    queryFn: ({ signal }) => api.get<Forwarding>(`${numberPath(number)}/forwarding`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const [chosen, setChosen] = useState(0)
  if (forwarding.isPending) return <Skeleton className="h-80 w-full rounded-xl" />
  if (forwarding.isError) return <ErrorState error={forwarding.error} onRetry={forwarding.refetch} />
  const { carriers } = forwarding.data
  const codes = carriers[chosen] ?? carriers[0]
  if (!codes) return null
  return (
    <Card
      title="Let your line pass on its missed calls"
      hint="Once, from the phone whose calls it is about. Its carrier then does it by itself."
    >
      <div className="grid gap-6">
        <Field label="Who is that line with?">
          {(control) => (
            <span className="block max-w-80">
              <Select {...control} value={chosen} onChange={(event) => setChosen(Number(event.target.value))}>
                {carriers.map(({ carrier, country }, index) => (
                  <option key={`${carrier} ${country}`} value={index}>
                    {carrier}
                  </option>
                ))}
              </Select>
            </span>
          )}
        </Field>
        <CarrierCodes key={codes.carrier} codes={codes} />
        <div className="grid gap-4 border-border border-t pt-5 text-sm sm:grid-cols-2">
          <div>
            <h3 className="font-semibold">Conditional is what you want</h3>
            <p className="text-muted">
              Your phone rings first; only a call that nobody takes moves on here. That is what these codes set. An
              unconditional forward (often *72, or **21*) sends every call here at once, and your own phone never rings.
            </p>
          </div>
          <div>
            <h3 className="font-semibold">Is it on?</h3>
            <p className="text-muted">
              Call your own line from another phone and let it ring. Under Test one sees live whether the call arrives.
              Before you change it: turning it on may replace the line’s voicemail, and the off code gives no voicemail
              back; your carrier does, if you ask.
            </p>
          </div>
        </div>
      </div>
    </Card>
  )
}

function CarrierCodes({ codes }: { codes: Codes }) {
  const { on, check, off, note, source, confidence } = codes
  return (
    <div className="grid gap-4">
      {on.length > 0 && (
        <ul className="grid gap-3">
          {on.map((code, index) => (
            <CodeRow key={code} label={index === 0 ? 'Turn on' : 'Or, if that is refused'} code={code} withQr />
          ))}
          {check && <CodeRow label="Check" code={check} />}
          {off && <CodeRow label="Turn off" code={off} />}
        </ul>
      )}
      <p className="text-sm">{note}</p>
      <p className="flex flex-wrap items-center gap-2 text-muted text-sm">
        <Badge tone={confidences[confidence].tone}>{confidences[confidence].words}</Badge>
        {source}
      </p>
    </div>
  )
}

function CodeRow({ label, code, withQr }: { label: string; code: string; withQr?: boolean }) {
  const [open, setOpen] = useState(false)
  return (
    <li className="grid gap-3 rounded-lg border border-border px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-48">
          <p className="text-muted text-xs">{label}</p>
          <code className="break-all font-mono text-base">{code}</code>
        </div>
        <div className="flex gap-2">
          <CopyButton text={code} label={`Copy ${code}`} />
          {withQr && (
            <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
              QR<span className="sr-only"> code of {code}</span>
            </Button>
          )}
          <Button size="small" asChild>
            <a href={telOf(code)}>
              <PhoneIcon aria-hidden />
              Dial<span className="sr-only"> {code}</span>
            </a>
          </Button>
        </div>
      </div>
      {open && (
        <div className="flex flex-wrap items-center gap-4">
          <QrCode text={telOf(code)} label={`QR code that dials ${code}`} />
          <p className="max-w-56 text-muted text-sm">
            Scan it with the camera of the phone that owns the line, then press call.
          </p>
        </div>
      )}
    </li>
  )
}
