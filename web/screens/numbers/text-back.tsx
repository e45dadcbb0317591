import { useState } from 'react'
import { measureText } from '../../../src/domain/message.ts'
import { useIsOwner, useMe } from '../../me.ts'
import { Card } from '../../parts/card.tsx'
import { Checkbox } from '../../parts/checkbox.tsx'
import { Segmented } from '../../parts/segmented.tsx'
import { Switch } from '../../parts/switch.tsx'
import { formatPhone } from '../../phones.ts'
import type { Line } from '../../types/numbers.ts'
import { useTextBackSwitch } from './data.ts'
import type { Draft } from './draft.ts'
import { MessageEditor } from './message-editor.tsx'
import { PhonePreview } from './phone-preview.tsx'
import { fillSample } from './sample.ts'
import { TestSend } from './test-send.tsx'

type Words = 'message' | 'repeatMessage' | 'afterHoursMessage'

const titles: Record<Words, string> = {
  message: 'The text',
  repeatMessage: 'To somebody who calls again',
  afterHoursMessage: 'After hours',
}

/** The text that a missed call gets. */
export function TextBackTab({ draft, saved }: { draft: Draft; saved: Line }) {
  const { account } = useMe()
  const isOwner = useIsOwner()
  const switchTextBack = useTextBackSwitch()
  const [shown, setShown] = useState<Words>('message')
  const [known, setKnown] = useState<'known' | 'unknown'>('unknown')
  const { line } = draft

  const sampleOf = (template: string) =>
    fillSample(template, { known: known === 'known', business: account.name, number: line.number })
  const preview = sampleOf(line.textBack[shown] ?? line.textBack.message)
  const editor = (words: Words, hint?: string) => (
    <MessageEditor
      label={titles[words]}
      hint={hint}
      error={draft.error(`textBack.${words}`)}
      template={line.textBack[words] ?? ''}
      sample={sampleOf(line.textBack[words] ?? '')}
      onChange={(template) => {
        draft.setTextBack({ [words]: template })
        setShown(words)
      }}
      onFocus={() => setShown(words)}
    />
  )
  const other = (words: Exclude<Words, 'message'>, label: string, hint: string) => (
    <div className="grid gap-3">
      <Checkbox
        label={label}
        checked={line.textBack[words] !== null}
        onChange={(on) => {
          draft.setTextBack({ [words]: on ? (saved.textBack[words] ?? line.textBack.message) : null })
          setShown(on ? words : 'message')
        }}
      />
      {line.textBack[words] !== null && editor(words, hint)}
    </div>
  )

  return (
    <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:gap-10">
      <div className="grid min-w-0 content-start gap-5">
        <fieldset disabled={!isOwner} className="grid min-w-0 gap-5">
          <Card>
            <Switch
              label="Text back missed calls"
              hint="Takes effect at once. Off, calls are still recorded, with the reason that no text left."
              checked={saved.textBack.enabled}
              disabled={!isOwner}
              onChange={(enabled) => switchTextBack.mutate({ line: saved, enabled })}
            />
          </Card>
          <Card title="What it says">
            <div className="grid gap-6">
              {editor('message')}
              {other(
                'repeatMessage',
                'Say something else to a caller who got this text within a day',
                'So that the second missed call of a day does not sound like a machine.',
              )}
              {other(
                'afterHoursMessage',
                'Say something else after hours',
                line.hours
                  ? 'Outside of the hours under Hours.'
                  : 'Set the hours under Hours: until then it is never sent.',
              )}
            </div>
          </Card>
        </fieldset>
        {isOwner && <TestSend number={line.number} message={line.textBack[shown] ?? line.textBack.message} />}
      </div>
      <aside aria-label="Preview" className="lg:sticky lg:top-6 lg:self-start">
        <div className="mb-4 flex justify-center">
          <Segmented<'known' | 'unknown'>
            label="The caller of the preview"
            value={known}
            onChange={setKnown}
            choices={[
              { value: 'unknown', label: 'New caller' },
              { value: 'known', label: 'Dana Whitfield' },
            ]}
          />
        </div>
        <PhonePreview
          from={formatPhone(line.number, account.country)}
          text={preview}
          marked={measureText(preview).notGsm}
        />
        <p className="mt-3 text-center text-muted text-sm">{titles[shown]}, as it arrives</p>
      </aside>
    </div>
  )
}
