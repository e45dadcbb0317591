import type { ReactNode } from 'react'
import { useTitle } from '../parts/page.tsx'
import { Mark } from './mark.tsx'

/** The frame of the screens for people who are not signed in. */
export function Front({
  title,
  hint,
  foot,
  children,
}: {
  title: string
  hint?: ReactNode
  foot?: ReactNode
  children: ReactNode
}) {
  useTitle(title)
  return (
    <main className="flex min-h-dvh flex-col items-center px-5 pt-[max(3rem,12dvh)] pb-10">
      <div className="w-full max-w-sm">
        <Mark className="size-10" />
        <h1 className="mt-6 font-semibold text-2xl tracking-tight">{title}</h1>
        {hint && <p className="mt-1.5 text-muted">{hint}</p>}
        <div className="mt-8">{children}</div>
        {foot && <p className="mt-8 text-muted text-sm">{foot}</p>}
      </div>
    </main>
  )
}

/** A link within a sentence. */
export const linkLook =
  'font-medium text-accent underline decoration-accent/40 underline-offset-3 hover:decoration-accent'
