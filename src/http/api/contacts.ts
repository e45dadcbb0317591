import { z } from 'zod'
import { createContact, updateContact } from '../../actions/contacts/contacts.ts'
import { eraseContact } from '../../actions/contacts/eraseContact.ts'
import { lookUpLineType } from '../../actions/contacts/lineType.ts'
import { mergeContacts } from '../../actions/contacts/mergeContacts.ts'
import type { Oversize } from '../../domain/contactSize.ts'
import { readPhone } from '../../domain/phone.ts'
import { hasAddress } from '../../store/contacts/addresses.ts'
import { type ContactRow, contactRows } from '../../store/contacts/contacts.ts'
import { hasWords, prefixQuery } from '../../store/contacts/search.ts'
import { asAccount } from '../../store/db.ts'
import { pageOf } from '../../store/pages.ts'
import { invalid, notFound, Problem, tooLarge } from '../errors.ts'
import { id, list, page } from '../shapes/common.ts'
import * as shapes from '../shapes/contacts.ts'
import { whoAsks } from '../who.ts'
import { afterId } from './paging.ts'
import type { Api, ApiWorld } from './types.ts'

const tags = ['Contacts']

export async function contacts(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/contacts',
    {
      config: { access: 'member', scope: 'read' },
      schema: {
        tags,
        summary: 'Contacts, newest first',
        querystring: shapes.contactFilter,
        response: { 200: list(shapes.contact) },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const { limit, cursor, search, phone, tag } = request.query
      const words = search ? prefixQuery(search) : null
      const after = afterId(cursor)
      const rows = await asAccount(world.db, accountId, (tx) =>
        contactRows(tx, accountId)
          .$if(after !== null, (q) => q.where('contacts.id', '<', after!))
          .$if(phone !== undefined, (q) => q.where(hasAddress('contacts.id', readPhone(phone!) ?? phone!)))
          .$if(tag !== undefined, (q) => q.where(({ eb, val, ref }) => eb(val(tag!), '=', eb.fn.any(ref('tags')))))
          .$if(words !== null, (q) => q.where(hasWords(accountId, words!, 'contacts.id')))
          .orderBy('contacts.id', 'desc')
          .limit(limit + 1)
          .execute(),
      )
      return pageOf(rows, limit, (row) => [row.id], presentContact)
    },
  )

  app.get(
    '/contacts/:id',
    {
      config: { access: 'member', scope: 'read' },
      schema: { tags, summary: 'One contact', params: z.object({ id }), response: { 200: shapes.contact } },
    },
    async (request) => presentContact(await find(whoAsks(request).accountId, request.params.id)),
  )

  app.get(
    '/contacts/:id/events',
    {
      config: { access: 'member', scope: 'read' },
      schema: {
        tags,
        summary: 'The contact’s timeline, newest first',
        params: z.object({ id }),
        querystring: page,
        response: { 200: list(shapes.event) },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const { limit, cursor } = request.query
      await find(accountId, request.params.id)
      const after = afterId(cursor)
      const rows = await asAccount(world.db, accountId, (tx) =>
        tx
          .selectFrom('events')
          .select(['id', 'type', 'leadId', 'callId', 'messageId', 'causeId', 'actor', 'data', 'at'])
          .where('accountId', '=', accountId)
          .where('contactId', '=', request.params.id)
          .$if(after !== null, (q) => q.where('id', '<', after!))
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute(),
      )
      return pageOf(
        rows,
        limit,
        (row) => [row.id],
        (row) => ({ ...row, data: row.data as Record<string, unknown>, at: row.at.toISOString() }),
      )
    },
  )

  app.post(
    '/contacts',
    {
      config: { access: 'member', scope: 'send' },
      schema: {
        tags,
        summary: 'Add a contact; a phone belongs to one contact only',
        body: shapes.newContact,
        response: { 201: shapes.contact },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const made = await createContact(world, accountId, request.body, actor)
      if (made.outcome === 'taken') throw phoneTaken(made)
      if (made.outcome === 'too_large')
        throw tooLarge('contact', [{ field: fieldOf(made.part), message: made.message }])
      return reply.code(201).send(presentContact(await find(accountId, made.contactId)))
    },
  )

  app.patch(
    '/contacts/:id',
    {
      config: { access: 'member', scope: 'send' },
      schema: {
        tags,
        summary: 'Change a contact; what is not given stays',
        params: z.object({ id }),
        body: shapes.contactChange,
        response: { 200: shapes.contact },
      },
    },
    async (request) => {
      const { accountId, actor } = whoAsks(request)
      const changed = await updateContact(world, accountId, request.params.id, request.body, actor)
      if (changed.outcome === 'none') throw notFound('contact')
      if (changed.outcome === 'taken') throw phoneTaken(changed)
      if (changed.outcome === 'too_large') {
        const field = { tags: 'addTags', phones: 'addAddresses' }[changed.part as string] ?? fieldOf(changed.part)
        throw tooLarge('contact', [{ field, message: changed.message }])
      }
      if (changed.outcome === 'last_phone')
        throw invalid([
          { field: 'removeAddresses', message: 'would leave no phone; give another one as `phone` instead' },
        ])
      return presentContact(await find(accountId, request.params.id))
    },
  )

  app.post(
    '/contacts/:id/merge',
    {
      config: { access: 'member', scope: 'send' },
      schema: {
        tags,
        summary: 'Make another contact part of this one: its calls, texts and leads move here',
        params: z.object({ id }),
        body: shapes.merge,
        response: { 200: shapes.contact },
      },
    },
    async (request) => {
      const { accountId, actor } = whoAsks(request)
      const { otherId } = request.body
      if (otherId === request.params.id) throw invalid([{ field: 'otherId', message: 'is the same contact' }])
      const merged = await mergeContacts(world, accountId, request.params.id, otherId, actor)
      if (!merged) throw notFound('contact')
      if (merged !== true) throw tooLarge('contact', [{ field: 'otherId', message: merged.message }])
      return presentContact(await find(accountId, request.params.id))
    },
  )

  app.post(
    '/contacts/:id/line-type',
    {
      config: { access: 'member', scope: 'send' },
      schema: {
        tags,
        summary: 'Ask the carrier whether the phone is a mobile or a landline; the carrier charges for it',
        params: z.object({ id }),
        response: { 200: shapes.contact },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const looked = await lookUpLineType(world, accountId, request.params.id)
      if (looked.outcome === 'none') throw notFound('contact')
      if (looked.outcome === 'failed')
        throw new Problem(502, 'The carrier could not tell', {
          detail: `${looked.failure.sentence} ${looked.failure.nextStep}`,
        })
      return presentContact(await find(accountId, request.params.id))
    },
  )

  app.delete(
    '/contacts/:id',
    {
      config: { access: 'owner', scope: 'admin' },
      schema: {
        tags,
        summary:
          'Erase a contact with all its texts, notes and leads; its calls stay in the log without the phone. An opt-out, an exclusion and a block stay in force.',
        params: z.object({ id }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      if (!(await eraseContact(world, accountId, request.params.id, actor))) throw notFound('contact')
      return reply.code(204).send(null)
    },
  )

  async function find(accountId: string, contactId: string): Promise<ContactRow> {
    const row = await asAccount(world.db, accountId, (tx) =>
      contactRows(tx, accountId).where('contacts.id', '=', contactId).executeTakeFirst(),
    )
    if (!row) throw notFound('contact')
    return row
  }
}

/** Their characters are counted together, so the field is the same. */
const fieldOf = (part: Oversize['part']): string => (part === 'fieldText' ? 'fields' : part)

const phoneTaken = ({ contactId, field }: { contactId: string; field: string }) =>
  new Problem(409, 'Another contact has this phone', {
    detail: `It belongs to contact ${contactId}. Change that one, or merge the two.`,
    errors: [{ field, message: 'belongs to another contact' }],
  })

export function presentContact(row: ContactRow): z.input<typeof shapes.contact> {
  return {
    ...row,
    fields: row.fields as Record<string, unknown>,
    lineType: row.addresses.find(({ primary }) => primary)?.lineType ?? null,
    optedOut: row.optedOut as boolean,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
