import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api.ts'
import { fieldError } from '../../problem.ts'
import type { Line } from '../../types/numbers.ts'
import { numberPath, numberQuery } from './data.ts'

type TextBack = Line['textBack']

/** A person's unsaved changes on the number's page. */
type Changes = Partial<
  Pick<
    Line,
    | 'label'
    | 'carrier'
    | 'textsThrough'
    | 'enabled'
    | 'mode'
    | 'forwardTo'
    | 'ringSeconds'
    | 'minRingSeconds'
    | 'greeting'
    | 'segmentsPerSecond'
    | 'hours'
  >
> & { textBack?: Partial<TextBack> }

export type Draft = ReturnType<typeof useDraft>

/**
 * The saved number with the unsaved changes on top: values that another person saves meanwhile appear wherever this
 * person has changed nothing.
 */
export function useDraft(saved: Line) {
  const queries = useQueryClient()
  const [changes, setChanges] = useState<Changes>({})
  const [problem, setProblem] = useState<unknown>(null)
  const [pending, setPending] = useState(false)

  const { textBack, ...rest } = changes
  const changed = { ...differing(rest, saved), ...nested(differing(textBack ?? {}, saved.textBack)) }
  const line: Line = { ...saved, ...rest, textBack: { ...saved.textBack, ...textBack } }

  const discard = () => {
    setChanges({})
    setProblem(null)
  }

  return {
    saved,
    line,
    problem,
    pending,
    isDirty: Object.keys(changed).length > 0,
    discard,
    set: (more: Omit<Changes, 'textBack'>) => setChanges((now) => ({ ...now, ...more })),
    setTextBack: (more: Partial<TextBack>) => setChanges((now) => ({ ...now, textBack: { ...now.textBack, ...more } })),
    /** The error of the first of these fields that has one. */
    error: (...fields: string[]): string | null => {
      for (const field of fields) {
        const found = fieldError(problem, field)
        if (found) return found
      }
      return null
    },
    /** All or nothing, like the server. Returns whether it is saved. */
    async save(): Promise<boolean> {
      setPending(true)
      setProblem(null)
      try {
        const now = await api.patch<Line>(numberPath(saved.number), changed)
        queries.setQueryData(numberQuery(saved.number).queryKey, now)
        setChanges({})
        return true
      } catch (error) {
        setProblem(error)
        return false
      } finally {
        setPending(false)
      }
    },
  }
}

function differing<T extends object>(changes: T, saved: object): Partial<T> {
  const now = saved as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(changes).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(now[name])),
  ) as Partial<T>
}

const nested = (textBack: Partial<TextBack>) => (Object.keys(textBack).length > 0 ? { textBack } : {})
