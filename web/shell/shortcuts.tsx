import { useState } from 'react'
import { listKeys } from '../keys.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Kbd } from '../parts/kbd.tsx'

/** The sheet under `?`: every key of this screen. */
export function Shortcuts({ onClose }: { onClose(): void }) {
  const [sections] = useState(listKeys)
  return (
    <Dialog open onClose={onClose} title="Keyboard shortcuts">
      <div className="grid gap-5">
        {sections.map(({ section, keys }) => (
          <section key={section}>
            <h3 className="mb-1 font-medium text-muted text-sm">{section}</h3>
            <dl>
              {keys.map(({ key, does }) => (
                <div
                  key={key}
                  className="flex h-9 items-center justify-between border-border border-b text-sm last:border-0"
                >
                  <dt>{does}</dt>
                  <dd className="text-muted">
                    <Kbd keys={key} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
