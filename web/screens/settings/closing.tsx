import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { api } from '../../api.ts'
import { closingQuery } from '../../closing.ts'
import { useForm } from '../../form.ts'
import { useIsOwner, useMe } from '../../me.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { ErrorState, FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Page } from '../../parts/page.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { Time } from '../../parts/time.tsx'
import type { Closing } from '../../types/closing.ts'
import { OwnersOnly } from './owners-only.tsx'

/** Closes the business: first its data, then its name, then a week to change one's mind. */
export function ClosingScreen() {
  const isOwner = useIsOwner()
  const closing = useQuery(closingQuery)
  return (
    <Page title="Close this business" back="/settings/business" width="narrow">
      <div className="grid gap-6">
        <OwnersOnly what="close the business" />
        {isOwner && <TakeOut />}
        {closing.error && <ErrorState error={closing.error} onRetry={() => closing.refetch()} />}
        {closing.isPending && (
          <Card>
            <SkeletonRows rows={3} />
          </Card>
        )}
        {closing.data?.closingAt && <UnderWay {...closing.data} closingAt={closing.data.closingAt} />}
        {isOwner && closing.data && !closing.data.closingAt && <Close waitingDays={closing.data.waitingDays} />}
      </div>
    </Page>
  )
}

function TakeOut() {
  return (
    <Card
      title="First, take your data with you"
      hint="One file with every contact, call, text, lead and setting. Passwords and the carriers’ keys are not in it."
    >
      <Button asChild>
        <a href="/api/v1/account/export" download>
          <Download aria-hidden />
          Download everything
        </a>
      </Button>
    </Card>
  )
}

function Close({ waitingDays }: { waitingDays: number }) {
  const { account } = useMe()
  const queries = useQueryClient()
  const form = useForm({ confirm: '' }, async (values) => {
    queries.setQueryData(closingQuery.queryKey, await api.post<Closing>('/account/closing', values))
  })
  return (
    <Card title={`Then close ${account.name}`}>
      <form onSubmit={form.submit} className="grid gap-5">
        <ul className="grid list-disc gap-1.5 pl-5 text-sm">
          <li>From now on no text leaves. Calls still ring, and are still in the log.</li>
          <li>
            After {waitingDays} days everything is erased, for everybody who works here. Nobody can bring it back.
          </li>
          <li>Until then an owner can keep the business with one press.</li>
          <li>Your numbers stay yours, at your carrier: point them elsewhere before that day.</li>
        </ul>
        {form.problem !== null && !form.error('confirm') && <FormError error={form.problem} />}
        <Field label="Name of the business" hint={`Type ${account.name}.`} error={form.error('confirm')}>
          {(control) => <Input {...control} {...form.text('confirm')} autoComplete="off" required />}
        </Field>
        <div>
          <Button type="submit" kind="danger" pending={form.pending}>
            Close this business
          </Button>
        </div>
      </form>
    </Card>
  )
}

/** The button to keep it is in the banner above every screen. */
function UnderWay({ closingAt, by }: Closing & { closingAt: string }) {
  const { account } = useMe()
  return (
    <Card title={`${account.name} is being closed`}>
      <p>
        {by ?? 'Somebody'} asked for it. Everything is erased: <Time value={closingAt} as="dayAndClock" />. Until then
        no text leaves; calls still ring, and are still in the log.
      </p>
    </Card>
  )
}
