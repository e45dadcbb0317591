import { CircleAlert, CircleCheck, Pause } from 'lucide-react'
import { Badge } from '../../parts/badge.tsx'
import { Spinner } from '../../parts/spinner.tsx'
import type { Line } from '../../types/numbers.ts'

/** The first step that its carrier refused, or null. */
export const lineTrouble = (line: Line) => line.configured?.steps.find(({ trouble }) => trouble)?.trouble ?? null

/** Whether the number is in use and set up at its carrier, in a word. */
export function LineState({ line }: { line: Line }) {
  if (!line.enabled)
    return (
      <Badge>
        <Pause aria-hidden />
        Paused
      </Badge>
    )
  if (!line.configured)
    return (
      <Badge tone="info">
        <Spinner label="" />
        Setting up
      </Badge>
    )
  if (!line.configured.ok)
    return (
      <Badge tone="danger">
        <CircleAlert aria-hidden />
        Needs you
      </Badge>
    )
  return (
    <Badge tone="success">
      <CircleCheck aria-hidden />
      Ready
    </Badge>
  )
}
