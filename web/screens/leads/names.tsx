import { useMe } from '../../me.ts'
import { Phone } from '../../parts/phone.tsx'
import { formatPhone } from '../../phones.ts'
import type { Lead } from '../../types/leads.ts'

/** The person's name, or their phone. */
export function LeadName({ lead: { contact } }: { lead: Lead }) {
  return contact.name ?? (contact.phone ? <Phone value={contact.phone} /> : 'Unknown person')
}

/** A function that returns the name as a string, for labels and announcements. */
export function useLeadName(): (lead: Lead) => string {
  const { country } = useMe().account
  return ({ contact }) => contact.name ?? (contact.phone ? formatPhone(contact.phone, country) : 'Unknown person')
}
