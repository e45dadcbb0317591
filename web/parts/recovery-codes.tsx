import { Button } from './button.tsx'
import { CopyField } from './copy-field.tsx'

/** Shown once. Each signs in once without the phone. */
export function RecoveryCodes({ codes, onKept }: { codes: string[]; onKept(): void }) {
  return (
    <div className="grid gap-5">
      <p>
        Without your phone, one of these codes signs you in instead, each of them once. Print them, or keep them in your
        password manager: they are not shown again.
      </p>
      <ul
        aria-label="Recovery codes"
        className="grid grid-cols-2 gap-x-6 gap-y-1.5 rounded-lg border border-border px-4 py-3 font-mono text-sm"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <CopyField label="All of them" value={codes.join(' ')} />
      <Button kind="primary" onClick={onKept}>
        I have kept them
      </Button>
    </div>
  )
}
