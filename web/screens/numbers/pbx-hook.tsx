import { Card } from '../../parts/card.tsx'
import type { Carrier } from '../../types/carriers.ts'
import { CopyButton } from './copy-button.tsx'
import { keptSecret } from './secrets.ts'

/** The settings for the phone system: where it posts, and a signed post to try at once. */
export function PbxHook({ carrier, number }: { carrier: Carrier; number: string | null }) {
  const hook = `${carrier.hooksUrl}/calls`
  const secret = keptSecret(carrier.id)
  const example = signedExample(hook, secret ?? 'the secret of this connection', number ?? '+12025550102')
  return (
    <Card title="In your phone system" hint="Let it post each call when the call is over, answered or not.">
      <dl className="grid grid-cols-[minmax(0,1fr)] gap-4 text-sm">
        <Copied name="Address" text={hook} />
        {secret ? (
          <Copied name="Secret" text={secret} shown="Shown while this page is open; copy it now." />
        ) : (
          <div>
            <dt className="font-medium">Secret</dt>
            <dd className="text-muted">Not shown again. When it is lost, set a new one under Settings, Carriers.</dd>
          </div>
        )}
        <div className="grid grid-cols-[minmax(0,1fr)] gap-1.5">
          <dt className="flex items-center justify-between font-medium">
            A signed post, to try in a shell
            <CopyButton text={example} label="Copy the example" />
          </dt>
          <dd>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within the keyboard's reach */}
            <pre tabIndex={0} className="overflow-x-auto rounded-lg bg-sunken p-3 font-mono text-xs leading-relaxed">
              {example}
            </pre>
          </dd>
          <dd className="text-muted">
            Its call lasts no time at all, which is taken for noise: it shows under Calls, and nobody is texted, unless
            the number’s shortest ring is 0.
          </dd>
        </div>
      </dl>
    </Card>
  )
}

function Copied({ name, text, shown }: { name: string; text: string; shown?: string }) {
  return (
    <div>
      <dt className="font-medium">{name}</dt>
      <dd className="flex items-center gap-2">
        <code className="min-w-0 flex-1 break-all font-mono text-xs">{text}</code>
        <CopyButton text={text} label={`Copy the ${name.toLowerCase()}`} />
      </dd>
      {shown && <dd className="text-muted">{shown}</dd>}
    </div>
  )
}

function signedExample(hook: string, secret: string, to: string): string {
  return `SECRET='${secret}'
ended=$(date -u +%Y-%m-%dT%H:%M:%SZ)
body='{"id":"try-'$(date +%s)'","from":"+12025550143","to":"${to}","started_at":"'$ended'","ended_at":"'$ended'","outcome":"missed"}'
now=$(date +%s)
signature=$(printf '%s' "$now.$body" | openssl dgst -sha256 -hmac "$SECRET" | awk '{print $NF}')
curl -sS -X POST '${hook}' -H 'content-type: application/json' \\
  -H "X-Textback-Timestamp: $now" -H "X-Textback-Signature: $signature" --data-raw "$body"`
}
