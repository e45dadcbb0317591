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

const nothing = 'There is nothing here'
const why = 'The address may be mistyped, or what was here belongs to another business or is gone.'

const home = (
  <Button asChild>
    <Link to="/today">Go to Today</Link>
  </Button>
)

/** No address of the app. */
export function NotFound() {
  return (
    <Front title={nothing}>
      <p className="mb-6 text-muted">{why}</p>
      {home}
    </Front>
  )
}

/** The address of a screen, but of no object: a screen throws `notFound()` for that. */
export function NotFoundHere() {
  return (
    <Page title="Not found">
      <EmptyState icon={Compass} title={nothing} action={home}>
        {why}
      </EmptyState>
    </Page>
  )
}
