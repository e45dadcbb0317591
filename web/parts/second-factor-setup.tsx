import { useState } from 'react'
import * as auth from '../auth.ts'
import { useForm } from '../form.ts'
import { Button } from './button.tsx'
import { CopyField } from './copy-field.tsx'
import { FormError } from './error-state.tsx'
import { Field } from './field.tsx'
import { Input } from './input.tsx'
import { QrCode } from './qr-code.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'

/** From the password to the first code to the recovery codes. On since the first code. */
export function SecondFactorSetup({ onDone }: { onDone(): void }) {
  const [factor, setFactor] = useState<auth.SecondFactor | null>(null)
  const [isOn, setOn] = useState(false)
  if (!factor) return <PasswordFirst onRight={setFactor} />
  if (!isOn) return <FirstCode uri={factor.totpURI} onRight={() => setOn(true)} />
  return <RecoveryCodes codes={factor.backupCodes} onKept={onDone} />
}

function PasswordFirst({ onRight }: { onRight(factor: auth.SecondFactor): void }) {
  const form = useForm({ password: '' }, async ({ password }) => onRight(await auth.beginSecondFactor(password)))
  return (
    <form onSubmit={form.submit} className="grid gap-5">
      <FormError error={form.problem} />
      <p>
        You need an app for codes on your phone: Google Authenticator, Microsoft Authenticator, 2FAS, or your password
        manager.
      </p>
      <Field label="Your password">
        {(control) => (
          <Input {...control} {...form.text('password')} type="password" autoComplete="current-password" required />
        )}
      </Field>
      <Button type="submit" kind="primary" pending={form.pending}>
        Continue
      </Button>
    </form>
  )
}

function FirstCode({ uri, onRight }: { uri: string; onRight(): void }) {
  const form = useForm({ code: '' }, async ({ code }) => {
    await auth.giveCode(code)
    onRight()
  })
  return (
    <form onSubmit={form.submit} className="grid gap-5">
      <FormError error={form.problem} />
      <p>Scan this with the app. It shows a code of six digits, and a new one every half minute.</p>
      <QrCode text={uri} label="The second factor, to scan" />
      <CopyField
        label="Or type this key"
        hint="For apps on this device, and for phones without a camera."
        value={new URL(uri).searchParams.get('secret') ?? ''}
      />
      <Field label="Code">{(control) => <CodeInput {...control} {...form.text('code')} />}</Field>
      <Button type="submit" kind="primary" pending={form.pending}>
        Turn on
      </Button>
    </form>
  )
}

/** Six digits; phones offer the number pad, and password managers fill it. */
export function CodeInput(props: Parameters<typeof Input>[0]) {
  return (
    <Input
      {...props}
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="\s*[0-9]{3}\s*[0-9]{3}\s*"
      title="Six digits"
      maxLength={9}
      required
    />
  )
}
