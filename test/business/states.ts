import assert from 'node:assert/strict'
import { beginClosing } from '../../src/actions/accounts/closing.ts'
import { changeSettings, type SettingsChange } from '../../src/actions/accounts/settings.ts'
import { recordCall } from '../../src/actions/calls/recordCall.ts'
import { createContact, updateContact } from '../../src/actions/contacts/contacts.ts'
import { type ListName, listAddress } from '../../src/actions/contacts/lists.ts'
import { addNote } from '../../src/actions/contacts/notes.ts'
import { changeConversation } from '../../src/actions/conversations/conversations.ts'
import { changeLead, createLead } from '../../src/actions/leads/leads.ts'
import { deliverMessage } from '../../src/actions/messages/deliverMessage.ts'
import { receiveMessage } from '../../src/actions/messages/receiveMessage.ts'
import { sendMessage } from '../../src/actions/messages/sendMessage.ts'
import { addNumber, changeNumber, removeNumber } from '../../src/actions/numbers/numbers.ts'
import { newId } from '../../src/domain/ids.ts'
import { numberSettings } from '../../src/domain/number.ts'
import { HOUR, after as later, SECOND } from '../../src/domain/time.ts'
import { asPlatform } from '../../src/store/db.ts'
import { type Business, NUMBER } from './business.ts'
import type { Looks } from './looks.ts'

type Details = Parameters<typeof createContact>[2]

/**
 * Makes the states from which actions start. It calls the real actions that lead there, so that a changed table changes
 * nothing here. A caller or a writer is returned as the id of their contact, a lead as its own id.
 */
export function statesOf(business: Business, looks: Looks) {
  const { world, accountId, actor, source, aPhone, aCarrierId } = business

  async function aContact(details: Partial<Details> = {}): Promise<string> {
    const whole = { phone: aPhone(), name: null, email: null, tags: [], fields: {}, ...details }
    const made = await createContact(world, accountId, whole, actor)
    assert.equal(made.outcome, 'ok')
    return made.contactId
  }

  /** With several phones, the first of which is the primary one. */
  async function aContactWith(...phones: [string, ...string[]]): Promise<string> {
    const [phone, ...others] = phones
    const contactId = await aContact({ phone })
    const addAddresses = others.map((address) => ({ address, label: '' }))
    assert.deepEqual(await updateContact(world, accountId, contactId, { addAddresses }, actor), { outcome: 'ok' })
    return contactId
  }

  async function anOpenLead(contactId?: string): Promise<string> {
    const lead = { contactId: contactId ?? (await aContact()), valueCents: null }
    const made = await createLead(world, accountId, lead, actor)
    if (made.outcome !== 'ok') assert.fail(`The contact has no new lead, but ${made.outcome}`)
    return made.leadId
  }

  async function aClosedLead(status: 'won' | 'lost', contactId?: string): Promise<string> {
    const leadId = await anOpenLead(contactId)
    assert.equal(await changeLead(world, accountId, leadId, { status }, actor), 'ok')
    return leadId
  }

  /** It rings for 20 s and nobody answers. The caller may have no contact: who withholds their number has none. */
  async function miss(from: string): Promise<void> {
    const call = { callId: aCarrierId(), legId: null, from, to: NUMBER }
    const startedAt = world.now()
    const unknown = { callerName: null, forwardedFrom: null, stirVerstat: null }
    await recordCall(world, source, { type: 'call.arrived', ...call, at: startedAt, ...unknown })
    business.wait(20 * SECOND)
    const end = { startedAt, at: world.now(), answered: false, why: 'no_answer', durationSeconds: 20 } as const
    await recordCall(world, source, { type: 'call.ended', ...call, ...end })
  }

  /** Nobody answers: contact, lead and conversation are there, the text is queued. */
  async function aMissedCall(from = aPhone()): Promise<string> {
    await miss(from)
    return looks.contactWith(from)
  }

  /** The writer waits for an answer, unless the text is STOP or the like. */
  async function aTextFrom(from = aPhone(), body = 'My furnace is out, can you come today?'): Promise<string> {
    const text = { channel: 'sms', from, to: NUMBER, body, at: world.now(), carrierReplied: null } as const
    await receiveMessage(world, source, { type: 'message.received', carrierId: aCarrierId(), ...text, media: [] })
    return looks.contactWith(from)
  }

  async function changed(contactId: string, change: Parameters<typeof changeConversation>[3]): Promise<string> {
    const { id } = await looks.conversationOf(contactId)
    assert.equal(await changeConversation(world, accountId, id, change, actor), 'ok')
    return contactId
  }

  /** Somebody with a login who works for the business. There is no action for it: people come by the sign-in. */
  async function aPerson(): Promise<string> {
    const userId = newId()
    await asPlatform(world.db, async (tx) => {
      await tx
        .insertInto('users')
        .values({ id: userId, name: 'Sam', email: `${userId}@example.com` })
        .execute()
      await tx.insertInto('members').values({ id: newId(), accountId, userId, role: 'owner' }).execute()
    })
    return userId
  }

  /** A person writes in the conversation; the text is queued. */
  async function aReply(contactId: string): Promise<string> {
    const { id } = await looks.conversationOf(contactId)
    const sent = await sendMessage(world, accountId, { conversationId: id, body: 'We come at four.' }, actor)
    if (sent.outcome !== 'queued') assert.fail(`The reply is not queued, but ${sent.outcome}`)
    return sent.messageId
  }

  return {
    aContact,
    aContactWith,
    anOpenLead,
    aWonLead: (contactId?: string) => aClosedLead('won', contactId),
    aLostLead: (contactId?: string) => aClosedLead('lost', contactId),
    miss,
    aMissedCall,
    aTextFrom,
    aReply,
    aPerson,
    /** Somebody wrote, and one of us has answered: nobody waits. */
    async anAnsweredConversation(from?: string): Promise<string> {
      const contactId = await aTextFrom(from)
      await aReply(contactId)
      return contactId
    },
    /** An owner has asked to close the business. */
    async aClosingAccount(): Promise<void> {
      const owner = { accountId, userId: await aPerson(), actor }
      assert.equal(await beginClosing(world, owner, 'Acme HVAC'), 'closing')
    },
    listed: (list: ListName, address: string) => listAddress(world, accountId, { list, address, note: null }, actor),
    async withSettings(change: SettingsChange): Promise<void> {
      assert.deepEqual(await changeSettings(world, accountId, change, actor), [])
    },
    /** One more number, at the connection of the first. */
    async aNumber(number: string): Promise<void> {
      const settings = numberSettings.parse({ number, carrier: 'main', mode: 'cfna' })
      assert.deepEqual(await addNumber(world, accountId, settings, actor), [])
    },
    async withoutNumber(number: string): Promise<void> {
      assert.equal(await removeNumber(world, accountId, number, actor), 'removed')
    },
    async withNumber(change: Record<string, unknown>): Promise<void> {
      assert.deepEqual(await changeNumber(world, accountId, NUMBER, change, actor), [])
    },
    /** Somebody wrote, and one of us has closed the conversation. */
    aClosedConversation: async (from?: string) => changed(await aTextFrom(from), { status: 'closed' }),
    /** Somebody wrote, and the conversation is snoozed for an hour. */
    aSnoozedConversation: async (from?: string) =>
      changed(await aTextFrom(from), { snoozedUntil: later(world.now(), HOUR) }),
    /** Somebody wrote STOP. */
    anOptOut: (from?: string) => aTextFrom(from, 'STOP'),
    async aNote(contactId: string, body = 'Has two dogs.'): Promise<string> {
      const note = await addNote(world, accountId, contactId, body, actor)
      assert.ok(note && 'id' in note)
      return note.id
    },
    /** The worker sends what is queued for a contact. */
    async deliver(contactId: string): Promise<void> {
      for (const { id, status } of await looks.textsWith(contactId))
        if (status === 'queued') await deliverMessage(world, { accountId, messageId: id })
    },
  }
}
