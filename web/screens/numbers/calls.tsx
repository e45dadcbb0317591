import { useQuery } from '@tanstack/react-query'
import { CircleCheck, Lightbulb } from 'lucide-react'
import { numberAdvice, RING_SECONDS } from '../../../src/domain/advice.ts'
import { useIsOwner, useMe } from '../../me.ts'
import { Card } from '../../parts/card.tsx'
import { Field } from '../../parts/field.tsx'
import { Input } from '../../parts/input.tsx'
import { Textarea } from '../../parts/textarea.tsx'
import { formatPhone } from '../../phones.ts'
import { Choice } from './choice.tsx'
import { ForwardingCodes } from './codes.tsx'
import { carriersQuery } from './data.ts'
import type { Draft } from './draft.ts'
import { Seconds } from './seconds.tsx'

/** How a call reaches somebody before it counts as missed. */
export function CallsTab({ draft }: { draft: Draft }) {
  const isOwner = useIsOwner()
  const { line } = draft
  const carriers = useQuery(carriersQuery).data
  const isPbx = carriers?.find(({ id }) => id === line.carrier)?.kind === 'generic'
  return (
    <div className="grid max-w-3xl gap-5">
      <fieldset disabled={!isOwner} className="grid min-w-0 gap-5">
        {isPbx ? (
          <p className="rounded-lg bg-info-soft px-3.5 py-3 text-info text-sm">
            Your phone system takes the calls of this number and reports each one when it is over. How long it rings,
            and where, is set there.
          </p>
        ) : (
          <Choice
            label="How calls come"
            value={line.mode}
            onChange={(mode) => draft.set({ mode })}
            className="sm:grid-cols-2"
            choices={[
              {
                value: 'forward',
                title: 'People call this number',
                children:
                  'It rings your phone. When nobody picks up, the caller hears a short greeting and gets the text.',
              },
              {
                value: 'cfna',
                title: 'People call my own line',
                children:
                  'Your line stays as it is. Its carrier passes on here only the calls that nobody answers, and those are texted.',
              },
            ]}
          />
        )}
      </fieldset>
      {line.mode === 'cfna' && !isPbx && <ForwardingCodes number={line.number} />}
      <fieldset disabled={!isOwner} className="grid min-w-0 gap-5">
        {line.mode === 'forward' ? <Forward draft={draft} /> : <Guard draft={draft} />}
        {!isPbx && (
          <Card title="What the caller hears">
            <Field
              label="Greeting"
              hint="Read aloud after the ringing, before we hang up. Short is best: the text says the rest."
              error={draft.error('greeting')}
            >
              {(control) => (
                <Textarea
                  {...control}
                  value={line.greeting}
                  onChange={(event) => draft.set({ greeting: event.target.value })}
                />
              )}
            </Field>
          </Card>
        )}
      </fieldset>
    </div>
  )
}

function Forward({ draft }: { draft: Draft }) {
  const { line } = draft
  const { country } = useMe().account
  const advice = numberAdvice(line, null).filter(({ field }) => field === 'ringSeconds')
  const target = line.forwardTo[0] ?? ''
  return (
    <Card title="Ringing your phone">
      <div className="grid gap-6">
        <Field
          label="Phone that rings"
          hint="Your mobile, your desk, or the number of a ring group."
          error={draft.error('forwardTo', 'forwardTo[0]')}
        >
          {(control) => (
            <Input
              {...control}
              type="tel"
              autoComplete="off"
              className="max-w-72"
              placeholder="(202) 555-0111"
              value={target === draft.saved.forwardTo[0] ? formatPhone(target, country) : target}
              onChange={(event) => draft.set({ forwardTo: event.target.value === '' ? [] : [event.target.value] })}
            />
          )}
        </Field>
        {target === draft.saved.forwardTo[0] &&
          draft.saved.advice
            .filter(({ field }) => field.startsWith('forwardTo'))
            .map(({ message }) => <Advice key={message}>{message}</Advice>)}
        <div className="grid gap-2">
          <Field
            label="How long it rings"
            error={draft.error('ringSeconds')}
            hint={`${RING_SECONDS.adviseMin} to ${RING_SECONDS.adviseMax} seconds work best. Shorter, and you cannot reach your phone in time. Longer, and your phone’s own voicemail picks up first: then the call looks answered, and no text leaves.`}
          >
            {(control) => (
              <Seconds
                control={control}
                label="How long it rings"
                value={line.ringSeconds}
                min={RING_SECONDS.min}
                max={RING_SECONDS.max}
                onChange={(ringSeconds) => draft.set({ ringSeconds })}
              />
            )}
          </Field>
          {advice.length === 0 ? (
            <p className="flex gap-2 text-sm text-success">
              <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0" />A good length.
            </p>
          ) : (
            advice.map(({ message }) => <Advice key={message}>{message}</Advice>)
          )}
        </div>
      </div>
    </Card>
  )
}

function Advice({ children }: { children: string }) {
  return (
    <p className="flex gap-2 text-sm text-warning">
      <Lightbulb aria-hidden className="mt-0.5 size-4 shrink-0" />
      {children}
    </p>
  )
}

function Guard({ draft }: { draft: Draft }) {
  const { line } = draft
  return (
    <Card title="Which calls count">
      <Field
        label="Shortest ring"
        hint="A call that ends here sooner is taken for noise: a robot, or somebody who dialed wrong. 3 seconds let real callers through; 0 texts everyone."
        error={draft.error('minRingSeconds')}
      >
        {(control) => (
          <Seconds
            control={control}
            label="Shortest ring"
            value={line.minRingSeconds}
            min={0}
            max={30}
            onChange={(minRingSeconds) => draft.set({ minRingSeconds })}
          />
        )}
      </Field>
    </Card>
  )
}
