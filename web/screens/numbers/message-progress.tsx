import { Check, CircleAlert } from 'lucide-react'
import { classes } from '../../parts/classes.ts'
import { Spinner } from '../../parts/spinner.tsx'
import { duration } from '../../times.ts'
import type { Message } from '../../types/messages.ts'

const stages = ['Queued', 'Taken by the carrier', 'Delivered'] as const

const ended = ['undelivered', 'failed', 'refused', 'unknown']

/** How many of the stages a status has passed. */
function reached({ status, acceptedAt }: Message): number {
  if (status === 'delivered') return 3
  if (status === 'accepted' || status === 'sent' || acceptedAt) return 2
  return 1
}

/** A text's way to the phone, with seconds since the request; a failure shows why and what to do. */
export function MessageProgress({ message }: { message: Message }) {
  const failed = ended.includes(message.status)
  const done = reached(message)
  const at = [message.createdAt, message.acceptedAt, message.deliveredAt]
  return (
    <div className="grid gap-3 rounded-lg bg-sunken px-4 py-3 text-sm">
      <ol className="flex flex-wrap gap-x-6 gap-y-2">
        {stages.map((stage, index) => (
          <li
            key={stage}
            className={classes(
              'inline-flex items-center gap-1.5',
              index >= done && 'text-muted',
              index < done && 'text-success',
            )}
          >
            {index < done ? (
              <Check aria-hidden className="size-4" strokeWidth={2.5} />
            ) : index === done && !failed ? (
              <Spinner label="Waiting" />
            ) : (
              <span aria-hidden className="size-4 rounded-full border border-border-strong" />
            )}
            {stage}
            {index > 0 && index < done && at[index] && (
              <span className="text-muted tabular-nums">
                {duration(Math.max(0, (Date.parse(at[index]) - Date.parse(message.createdAt)) / 1000))}
              </span>
            )}
          </li>
        ))}
      </ol>
      {failed && (
        <p className="flex gap-2 text-danger">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span>
            {message.trouble?.sentence ?? message.reason ?? 'The text did not arrive.'} {message.trouble?.nextStep}
          </span>
        </p>
      )}
    </div>
  )
}
