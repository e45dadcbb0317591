import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ApiProblem } from '../../api.ts'
import * as auth from '../../auth.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { ErrorState, FormError } from '../../parts/error-state.tsx'
import { SendProof } from '../../parts/send-proof.tsx'
import { Starting } from '../../shell/edges.tsx'
import { Front, linkLook } from '../../shell/front.tsx'

const route = getRouteApi('/accept-invitation')

export function AcceptInvitationScreen() {
  const { id = '' } = route.useSearch()
  const session = useQuery(auth.sessionQuery)
  const invitation = useQuery({
    queryKey: ['invitation', id],
    queryFn: () => auth.findInvitation(id),
    enabled: session.data?.user.emailVerified === true,
    retry: false,
  })
  const form = useForm({}, async () => {
    await auth.acceptInvitation(id)
    // Reloads the page: memory may hold another business's data.
    location.assign('/today')
  })

  const back = `/accept-invitation?id=${encodeURIComponent(id)}`
  if (session.data === null)
    return (
      <Front
        title="You are invited"
        hint="Sign in with the address that the invitation was sent to, or make an account for it."
      >
        <div className="grid gap-3">
          <Button asChild kind="primary" size="large">
            <Link to="/sign-in" search={{ back }}>
              Sign in
            </Link>
          </Button>
          <Button asChild size="large">
            <Link to="/sign-up" search={{ back }}>
              Create an account
            </Link>
          </Button>
        </div>
      </Front>
    )
  if (session.data && !session.data.user.emailVerified)
    return (
      <Front title="Prove your address first" hint="Invitations are for whoever owns the address they were sent to.">
        <SendProof email={session.data.user.email} />
        <p className="mt-3 text-muted text-sm">Then open the invitation again.</p>
      </Front>
    )
  if (session.error) return <ErrorState error={session.error} onRetry={() => session.refetch()} />
  if (invitation.error)
    return (
      <Front
        title="This invitation does not work"
        foot={
          <Link to="/today" className={linkLook}>
            Go to Today
          </Link>
        }
      >
        <p>
          {invitation.error instanceof ApiProblem && invitation.error.status === 403
            ? 'It was sent to another address than the one you are signed in with. Sign out, and sign in with that one.'
            : 'It has ended, was used already, or was taken back. Ask who invited you for a new one.'}
        </p>
      </Front>
    )
  if (!invitation.data) return <Starting />
  const { organizationName, inviterEmail } = invitation.data
  return (
    <Front
      title={`Join ${organizationName}`}
      hint={`${inviterEmail} wants you to answer its calls and texts together.`}
    >
      <form onSubmit={form.submit} className="grid gap-5">
        <FormError error={form.problem} />
        <Button type="submit" kind="primary" size="large" pending={form.pending}>
          Join
        </Button>
      </form>
    </Front>
  )
}
