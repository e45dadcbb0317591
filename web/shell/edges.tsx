import { Link, useRouter } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { Button } from '../parts/button.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page } from '../parts/page.tsx'
import { Spinner } from '../parts/spinner.tsx'
import { explain } from '../problem.ts'
import { Front } from './front.tsx'
import { Mark } from './mark.tsx'

/** While it is not known who is here. */
export function Starting() {
  return (
    <main className="flex h-dvh flex-col items-center justify-center gap-4 text-muted">
      <Mark />
      <Spinner />
    </main>
  )
}

/** When it cannot be known: the server is away. */
export function NotStarted({ error }: { error: unknown }) {
  const router = useRouter()
  const { title, detail } = explain(error)
  return (
    <Front title={title}>
      <p className="text-muted">{detail}</p>
      <Button kind="primary" className="mt-6" onClick={() => router.invalidate()}>
        Try again
      </Button>
    </Front>
  )
}

/** No address of the app; also for a screen that throws `notFound()`. */
export function NotFoundHere() {
  return (
    <Page title="Not found">
      <EmptyState
        icon={Compass}
        title="There is nothing here"
        action={
          <Button asChild>
            <Link to="/today">Go to Today</Link>
          </Button>
        }
      >
        The address may be mistyped, or what was here belongs to another business or is gone.
      </EmptyState>
    </Page>
  )
}
