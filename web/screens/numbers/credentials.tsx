import { useQueryClient } from '@tanstack/react-query'
import { CircleAlert, RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import type { Carrier } from '../../types/carriers.ts'
import { Choice } from './choice.tsx'
import { CopyButton } from './copy-button.tsx'
import { carriersQuery, freeCarrierId } from './data.ts'
import { keepSecret } from './secrets.ts'
import { whereToFind } from './where-to-find.ts'

type Kind = Carrier['kind']

type Props = {
  /** Ids of the existing connections. */
  taken: string[]
  /** The connection whose credentials to change, instead of a new one. */
  existing?: Carrier
  onConnected(carrier: Carrier): void
}

const secretLength = 32

/** Asks for a carrier's credentials, and checks them before the next step. */
export function Credentials({ taken, existing, onConnected }: Props) {
  const queries = useQueryClient()
  const [kind, setKind] = useState<Kind | null>(existing?.kind ?? null)
  const [tried, setTried] = useState<Carrier | null>(null)
  const form = useForm(
    { label: existing?.label ?? '', accountSid: '', authToken: '', apiKey: '', publicKey: '', secret: '' },
    async ({ label, ...fields }) => {
      if (!kind) return
      setTried(null)
      const credentials = Object.fromEntries(whereToFind[kind].fields.map(({ name }) => [name, fields[name]]))
      const id = existing?.id ?? tried?.id ?? freeCarrierId(kind, taken)
      const carrier = await api.post<Carrier>('/carriers', {
        id,
        kind,
        label,
        ...(existing?.apiUrl && { apiUrl: existing.apiUrl }),
        ...credentials,
      })
      if (kind === 'generic') keepSecret(id, fields.secret.trim())
      await queries.invalidateQueries({ queryKey: carriersQuery.queryKey })
      if (carrier.trouble) setTried(carrier)
      else onConnected(carrier)
    },
  )
  const guide = kind && whereToFind[kind]
  return (
    <div className="grid gap-5">
      {!existing && (
        <Choice
          label="Carrier"
          value={kind}
          onChange={(chosen) => {
            setKind(chosen)
            setTried(null)
            form.reset()
          }}
          className="sm:grid-cols-3"
          choices={(['twilio', 'telnyx', 'generic'] as const).map((value) => ({
            value,
            title: whereToFind[value].title,
            children: whereToFind[value].about,
          }))}
        />
      )}
      {guide && (
        <Card title={guide.heading}>
          <form onSubmit={form.submit} className="grid gap-5">
            <ol className="grid list-decimal gap-1.5 pl-5 text-sm marker:text-muted">
              {guide.steps.map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ol>
            <FormError error={form.problem} />
            {tried?.trouble && (
              <div role="alert" className="flex gap-2.5 rounded-lg bg-danger-soft px-3.5 py-3 text-danger text-sm">
                <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
                <p>
                  <strong className="font-semibold">{tried.trouble.sentence}</strong> {tried.trouble.nextStep}
                </p>
              </div>
            )}
            {guide.fields.map(({ name, label, hint, isSecret, placeholder }) => (
              <Field key={name} label={label} hint={hint} error={form.error(name)}>
                {(control) => (
                  <span className="flex items-center gap-2">
                    <Input
                      {...control}
                      {...form.text(name)}
                      type={isSecret ? 'password' : 'text'}
                      autoComplete="off"
                      spellCheck={false}
                      placeholder={placeholder}
                      className="font-mono text-sm"
                    />
                    {name === 'secret' && (
                      <>
                        <Button onClick={() => form.set({ secret: newSecret() })}>
                          <RefreshCw aria-hidden />
                          Make one
                        </Button>
                        {form.values.secret && <CopyButton text={form.values.secret} label="Copy the secret" />}
                      </>
                    )}
                  </span>
                )}
              </Field>
            ))}
            <Field label="Label" hint="What your people call this connection." optional error={form.error('label')}>
              {(control) => <Input {...control} {...form.text('label')} autoComplete="off" maxLength={60} />}
            </Field>
            <div className="flex items-center gap-3">
              <Button type="submit" kind="primary" pending={form.pending}>
                {existing ? 'Save and check' : 'Connect'}
              </Button>
              {form.pending && kind !== 'generic' && (
                <span className="text-muted text-sm">Asking {guide.title} whether they work …</span>
              )}
            </div>
            <p className="text-muted text-xs">Kept encrypted on this server, and never shown again.</p>
          </form>
        </Card>
      )}
    </div>
  )
}

const newSecret = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(secretLength)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
