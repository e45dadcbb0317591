import { Ban, ShieldOff } from 'lucide-react'
import { SettingsPage } from './page.tsx'
import { PhoneList } from './phone-list.tsx'

export function ListsScreen() {
  return (
    <SettingsPage title="Exclude and block" hint="Phones that never get a text-back, whatever your numbers say">
      <div className="grid gap-6">
        <PhoneList
          path="/exclusions"
          icon={ShieldOff}
          title="Excluded"
          hint="Your staff, family, suppliers. Their calls are in the log; you can still text them yourself."
          empty="Add the phones of your own people, so that a missed call among you is not texted back."
        />
        <PhoneList
          path="/blocked"
          icon={Ban}
          title="Blocked"
          hint="Pests. Their calls are taken for spam: no text-back, no lead."
          empty="Add a phone that keeps calling and is never a customer."
        />
      </div>
    </SettingsPage>
  )
}
