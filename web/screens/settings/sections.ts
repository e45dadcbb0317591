import {
  Ban,
  BellOff,
  Cable,
  KeyRound,
  type LucideIcon,
  MessageSquareQuote,
  ScrollText,
  SquareKanban,
  Store,
  Users,
  Webhook,
} from 'lucide-react'

type Section = {
  to: `/settings/${'business' | 'people' | 'carriers' | 'pipeline' | 'canned-replies' | 'opt-outs' | 'lists' | 'api-keys' | 'webhooks' | 'audit'}`
  label: string
  about: string
  icon: LucideIcon
}

export const sections: Section[] = [
  { to: '/settings/business', label: 'Business', about: 'Name, time zone, caps', icon: Store },
  { to: '/settings/people', label: 'People', about: 'Who answers with you', icon: Users },
  { to: '/settings/carriers', label: 'Carriers', about: 'Twilio, Telnyx, your PBX', icon: Cable },
  { to: '/settings/pipeline', label: 'Pipeline', about: 'The stages of a lead', icon: SquareKanban },
  { to: '/settings/canned-replies', label: 'Canned replies', about: 'What you answer often', icon: MessageSquareQuote },
  { to: '/settings/opt-outs', label: 'Opt-outs', about: 'Who is not texted any more', icon: BellOff },
  { to: '/settings/lists', label: 'Exclude and block', about: 'Who never gets a text-back', icon: Ban },
  { to: '/settings/api-keys', label: 'API keys', about: 'For your own programs', icon: KeyRound },
  { to: '/settings/webhooks', label: 'Webhooks', about: 'Tell your programs what happens', icon: Webhook },
  { to: '/settings/audit', label: 'Audit log', about: 'Who changed what', icon: ScrollText },
]
