import { z } from 'zod'
import { addNote, deleteNote } from '../../actions/contacts/notes.ts'
import { notFound, tooLarge } from '../errors.ts'
import { id } from '../shapes/common.ts'
import * as shapes from '../shapes/inbox.ts'
import { whoAsks } from '../who.ts'
import type { Api, ApiWorld } from './types.ts'

const tags = ['Contacts']

export async function notes(app: Api, { world }: ApiWorld): Promise<void> {
  app.post(
    '/contacts/:id/notes',
    {
      config: { access: 'member', scope: 'send' },
      schema: {
        tags,
        summary: 'Write a note; only people of the account read it',
        params: z.object({ id }),
        body: shapes.newNote,
        response: { 201: shapes.note },
      },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      const note = await addNote(world, accountId, request.params.id, request.body.body, actor)
      if (!note) throw notFound('contact')
      if ('outcome' in note) throw tooLarge('contact', [{ field: 'body', message: note.message }])
      return reply.code(201).send({ ...note, createdAt: note.createdAt.toISOString() })
    },
  )

  app.delete(
    '/notes/:id',
    {
      config: { access: 'member', scope: 'send' },
      schema: { tags, summary: 'Delete a note', params: z.object({ id }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { accountId, actor } = whoAsks(request)
      if (!(await deleteNote(world, accountId, request.params.id, actor))) throw notFound('note')
      return reply.code(204).send(null)
    },
  )
}
