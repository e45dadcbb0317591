import * as auth from '../../auth.ts'
import { SecondFactorSetup } from '../../parts/second-factor-setup.tsx'
import { Front, linkLook } from '../../shell/front.tsx'
import { leave } from '../../shell/person-menu.tsx'

/** For people whose business requires a second factor that they do not have yet. */
export function SecondFactorScreen() {
  return (
    <Front
      title="Set up your second factor"
      hint="Your business asks everybody for a code from their phone. It takes two minutes."
      foot={
        <button type="button" className={linkLook} onClick={() => leave(auth.signOut)}>
          Sign out
        </button>
      }
    >
      <SecondFactorSetup onDone={() => location.assign('/today')} />
    </Front>
  )
}
