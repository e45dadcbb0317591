import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

type Props = {
  icon: LucideIcon
  title: string
  /** One or two sentences that teach: what will be here, and how it gets here. */
  children: ReactNode
  action?: ReactNode
}

export function EmptyState({ icon: Icon, title, children, action }: Props) {
  return (
    <div className="mx-auto grid max-w-sm justify-items-center px-4 py-16 text-center sm:py-24">
      <span className="mb-4 flex size-12 items-center justify-center rounded-full bg-accent-soft text-accent">
        <Icon aria-hidden className="size-5" />
      </span>
      <h2 className="font-semibold text-lg">{title}</h2>
      <p className="mt-1.5 text-balance text-muted">{children}</p>
      {action && <div className="mt-6 flex gap-2">{action}</div>}
    </div>
  )
}
