import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Phone } from '../../parts/phone.tsx'
import { linkLook } from '../../shell/front.tsx'
import type { Audited } from './types.ts'

/** 'Mike lifted the opt-out of Dana Whitfield': an event as a sentence, the contact in it as a link. */
export function AuditSentence({ event }: { event: Audited }) {
  const { contactId, contactName } = event
  const whom = contactId ? (
    <Link to="/contacts/$contactId" params={{ contactId }} className={linkLook}>
      {contactName ? <Phone value={contactName} /> : 'a contact'}
    </Link>
  ) : typeof event.data.phone === 'string' ? (
    <PhoneOf value={event.data.phone} />
  ) : (
    'somebody'
  )
  return (
    <>
      <strong className="font-semibold">{event.actor}</strong> {did(event, whom)}
    </>
  )
}

/** 'erased' stands where the phone of an erased contact was. */
function PhoneOf({ value }: { value: string }) {
  return value === 'erased' ? 'an erased phone' : <Phone value={value} />
}

const fields: Record<string, string> = {
  name: 'the name',
  timezone: 'the time zone',
  country: 'the country',
  alsoTextsCountries: 'the other countries that are texted',
  dailyCap: 'the daily cap',
  recipientHourlyCap: 'the hourly limit for one person',
  recipientDailyCap: 'the daily limit for one person',
  lateAfterMinutes: 'when a text-back is too late',
  newLeadAfterDays: 'when who writes again gets a new lead',
  addAddresses: 'the phones',
  removeAddresses: 'the phones',
  email: 'the email',
  phone: 'the phone',
  tags: 'the tags',
  addTags: 'the tags',
  removeTags: 'the tags',
  fields: 'the fields',
  forwardTo: 'where it rings',
  ringSeconds: 'how long it rings',
  minRingSeconds: 'the shortest ring',
  textBack: 'the text-back',
  hours: 'the hours',
  greeting: 'the greeting',
  mode: 'how calls arrive',
  label: 'the label',
  enabled: 'whether it is on',
  url: 'the address',
  events: 'the events',
  description: 'the description',
}

const scopes: Record<string, string> = { read: 'read', send: 'read and send', admin: 'do everything' }

const listed = (names: string[]) =>
  new Intl.ListFormat('en').format(new Set(names.map((name) => fields[name.split('.')[0]!] ?? name)))

/** 'changed the settings of the business: the daily cap'; the second factor has words of its own. */
function changedSettings({ requireSecondFactor, ...others }: Audited['data']): string {
  const names = Object.keys(others)
  const did: string[] = []
  if (requireSecondFactor !== undefined)
    did.push(requireSecondFactor ? 'required a second factor of everybody' : 'no longer requires a second factor')
  if (names.length > 0) did.push(`changed the settings of the business: ${listed(names)}`)
  return did.join(', and ')
}

const whyOff = (why: string | null) =>
  ({
    gone: ', which wants no more',
    failing: ', to which nothing could be delivered',
    secret_lost: ', whose secret was lost',
  })[why ?? ''] ?? ''

function did({ type, data }: Audited, whom: ReactNode): ReactNode {
  const text = (name: string) => (typeof data[name] === 'string' ? data[name] : null)
  const phone = <PhoneOf value={text('phone') ?? text('number') ?? ''} />
  const person = text('person') ?? 'somebody'
  const list = data.list === 'block' ? 'the block list' : 'the exclusion list'
  switch (type) {
    case 'contact.created':
      return <>added the contact {whom}</>
    case 'contact.updated': {
      const changed = Array.isArray(data.changed) ? listed(data.changed as string[]) : null
      return changed ? (
        <>
          changed {changed} of {whom}
        </>
      ) : (
        <>changed the contact {whom}</>
      )
    }
    case 'contact.merged':
      return <>merged a duplicate into {whom}</>
    case 'contact.erased':
      return 'erased a contact with all texts, notes and leads'
    case 'lead.created':
      return <>opened a lead for {whom}</>
    case 'lead.moved':
      return (
        <>
          moved the lead of {whom} to {text('stage')}
        </>
      )
    case 'lead.won':
      return <>won the lead of {whom}</>
    case 'lead.lost':
      return (
        <>
          lost the lead of {whom}
          {text('reason') && `: ${text('reason')}`}
        </>
      )
    case 'lead.reopened':
      return <>opened the lead of {whom} again</>
    case 'message.queued':
      return <>texted {whom}</>
    case 'note.deleted':
      return <>deleted a note about {whom}</>
    case 'opt_out.added':
      return <>opted {whom} out</>
    case 'opt_out.removed':
      return <>lifted the opt-out of {whom}</>
    case 'list.added':
      return (
        <>
          put {phone} on {list}
        </>
      )
    case 'list.removed':
      return (
        <>
          took {phone} off {list}
        </>
      )
    case 'number.saved': {
      const changed = Array.isArray(data.changed) ? listed(data.changed as string[]) : null
      return changed ? (
        <>
          changed {changed} of the number {phone}
        </>
      ) : (
        <>saved the number {phone}</>
      )
    }
    case 'number.deleted':
      return <>took out the number {phone}</>
    case 'carrier.connected':
      return `connected the carrier ${text('id')}`
    case 'carrier.deleted':
      return `disconnected the carrier ${text('id')}`
    case 'settings.changed':
      return changedSettings(data)
    case 'account.closing':
      return 'asked to close the business'
    case 'account.kept':
      return 'kept the business after all'
    case 'account.exported':
      return 'downloaded everything of the business'
    case 'api_key.made':
      return `made the API key “${text('name')}”${data.scope ? `, which may ${scopes[text('scope') ?? '']}` : ''}`
    case 'api_key.rolled':
      return `gave the API key “${text('name')}” a new secret`
    case 'api_key.revoked':
      return `revoked the API key “${text('name')}”`
    case 'webhook.made':
      return `made a webhook to ${text('url')}`
    case 'webhook.changed':
      return `changed ${listed((data.changed ?? []) as string[])} of the webhook to ${text('url')}`
    case 'webhook.rotated':
      return `made a new secret for the webhook to ${text('url')}`
    case 'webhook.enabled':
      return `switched on the webhook to ${text('url')}`
    case 'webhook.disabled':
      return `switched off the webhook to ${text('url')}${whyOff(text('why'))}`
    case 'webhook.deleted':
      return `deleted the webhook to ${text('url')}`
    case 'webhook.test':
      return `tested the webhook to ${text('url')}`
    case 'stage.changed':
      if (data.added) return `added the stage “${text('added')}”`
      if (data.deleted) return `deleted the stage “${text('deleted')}”`
      if (data.name) return `renamed the stage “${text('stage')}” to “${text('name')}”`
      return `moved the stage “${text('stage')}”`
    case 'conversation.assigned':
      return data.to ? (
        <>gave the conversation with {whom} to somebody</>
      ) : (
        <>took the conversation with {whom} from its keeper</>
      )
    case 'conversation.snoozed':
      return <>snoozed the conversation with {whom}</>
    case 'conversation.closed':
      return <>closed the conversation with {whom}</>
    case 'conversation.opened':
      return <>opened the conversation with {whom} again</>
    case 'person.invited':
      return `invited ${person} as ${data.role === 'owner' ? 'an owner' : 'a member'}`
    case 'person.uninvited':
      return `took back the invitation of ${person}`
    case 'person.joined':
      return `joined as ${data.role === 'owner' ? 'an owner' : 'a member'}`
    case 'person.left':
      return 'left'
    case 'person.removed':
      return `took ${person} out`
    case 'person.role_changed':
      return `made ${person} ${data.role === 'owner' ? 'an owner' : 'a member'}`
    default:
      return `did: ${type.replaceAll(/[._]/g, ' ')}`
  }
}
