import { useQuery } from '@tanstack/react-query'
import * as auth from '../../auth.ts'

/** Where to look for a mail that does not come. */
export function NothingCame() {
  const server = useQuery(auth.signUpQuery)
  return (
    <p className="mt-3 text-muted text-sm">
      Nothing came? Look into the spam folder.
      {server.data?.mail === false && ' Until mail is set up on this server, the link is in its log.'}
    </p>
  )
}
