import type { ComponentProps } from 'react'
import { Page } from '../../parts/page.tsx'

/** A page of the settings; on a phone its arrow leads back to their list. */
export function SettingsPage(props: Omit<ComponentProps<typeof Page>, 'back' | 'width'>) {
  return <Page {...props} back="/settings" width="narrow" />
}
