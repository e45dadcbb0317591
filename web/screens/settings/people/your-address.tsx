import { useMe } from '../../../me.ts'
import { Card } from '../../../parts/card.tsx'
import { SendProof } from '../../../parts/send-proof.tsx'

/** For people who signed up before addresses had to be proven. */
export function YourAddress() {
  const { user } = useMe()
  if (!user || user.emailVerified) return null
  return (
    <Card
      title="Prove your address"
      hint={`You can invite people and accept invitations once ${user.email} is known to be yours.`}
    >
      <SendProof email={user.email} />
    </Card>
  )
}
