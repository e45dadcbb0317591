import type { ShowSubjects } from '../actions/world.ts'
import { contactRows } from '../store/contacts/contacts.ts'
import * as calls from './api/calls.ts'
import { presentContact } from './api/contacts.ts'
import * as leads from './api/leads.ts'
import * as messages from './api/messages.ts'

/** What an event is about, as the API shows it. */
export const showSubjects: ShowSubjects = async (tx, accountId, { contactId, leadId, callId, messageId }) => {
  const [contact, lead, call, message] = await Promise.all([
    contactId && contactRows(tx, accountId).where('contacts.id', '=', contactId).executeTakeFirst(),
    leadId && leads.select(tx, accountId).where('leads.id', '=', leadId).executeTakeFirst(),
    callId && calls.select(calls.callsOf(tx, accountId)).where('calls.id', '=', callId).executeTakeFirst(),
    messageId && messages.select(tx, accountId).where('id', '=', messageId).executeTakeFirst(),
  ])
  return {
    contact: contact ? presentContact(contact) : null,
    lead: lead ? leads.present(lead) : null,
    call: call ? calls.present(call) : null,
    message: message ? messages.present(message) : null,
  }
}
