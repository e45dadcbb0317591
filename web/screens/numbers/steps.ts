import { duration } from '../../times.ts'
import type { Call } from '../../types/calls.ts'
import type { Message } from '../../types/messages.ts'

export type Step = {
  title: string
  state: 'done' | 'now' | 'to come' | 'stopped'
  /** What was observed: '12 s after it began'. */
  detail: string | null
}

const after = (from: number, to: string | null): string | null =>
  to === null
    ? null
    : `${duration(Math.max(0, Math.round((Date.parse(to) - from) / 100) / 10))} after the ringing ended`

/** The five steps from a call to a text on the caller's phone, with their progress. */
export function testSteps(call: Call | null, message: Message | null, caller: string): Step[] {
  const isOver = call !== null && (call.decision !== null || call.endedAt !== null)
  const isSkipped = call?.decision?.action === 'skip'
  const overAt = call ? Date.parse(call.startedAt) + (call.ringSeconds ?? 0) * 1000 : 0
  const isSent = message?.acceptedAt != null || message?.status === 'delivered'
  const isDelivered = message?.status === 'delivered'
  const steps: [title: string, done: boolean, detail: string | null][] = [
    ['The call arrives', call !== null, call && `from ${caller}`],
    ['The ringing ends', isOver, call && isOver ? `after ${duration(call.ringSeconds ?? 0)}` : null],
    [
      'Textback decides',
      call?.decision != null,
      call?.decision ? (isSkipped ? 'not to text' : 'to text: a missed call, and nothing speaks against it') : null,
    ],
    ['The text leaves', isSent, message && after(overAt, message.acceptedAt)],
    ['It is on the phone', isDelivered, message && after(overAt, message.deliveredAt)],
  ]
  const failed = message !== null && ['failed', 'undelivered', 'refused', 'unknown'].includes(message.status)
  const next = steps.findIndex(([, done]) => !done)
  return steps.map(([title, done, detail], index) => ({
    title,
    detail,
    state: done ? 'done' : index === next ? (isSkipped || failed ? 'stopped' : 'now') : 'to come',
  }))
}
