import { OwnersOnly } from './owners-only.tsx'
import { SettingsPage } from './page.tsx'
import { Invitations } from './people/invitations.tsx'
import { Members } from './people/members.tsx'
import { Password } from './people/password.tsx'
import { SecondFactor } from './people/second-factor.tsx'
import { Sessions } from './people/sessions.tsx'
import { YourAddress } from './people/your-address.tsx'

export function PeopleScreen() {
  return (
    <SettingsPage title="People" hint="Who answers with you, and how you sign in yourself">
      <div className="grid gap-6">
        <OwnersOnly what="invite people and change their roles" />
        <Members />
        <Invitations />
        <YourAddress />
        <SecondFactor />
        <Password />
        <Sessions />
      </div>
    </SettingsPage>
  )
}
