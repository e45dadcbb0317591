import { z } from 'zod'
import { prefixQuery, searchPeople, searchTexts } from '../../store/contacts/search.ts'
import { asAccount } from '../../store/db.ts'
import * as shapes from '../shapes/inbox.ts'
import { whoAsks } from '../who.ts'
import type { Api, ApiWorld } from './types.ts'

const FOUND_SHOWN = 20

export async function search(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/search',
    {
      config: { access: 'member', scope: 'read' },
      schema: {
        tags: ['Conversations'],
        summary: 'People and texts that have words beginning so',
        querystring: z.object({ q: z.string().max(100) }),
        response: { 200: shapes.found },
      },
    },
    async (request) => {
      const { accountId } = whoAsks(request)
      const query = prefixQuery(request.query.q)
      if (!query) return { people: [], texts: [] }
      const [people, texts] = await asAccount(world.db, accountId, (tx) =>
        Promise.all([searchPeople(tx, accountId, query, FOUND_SHOWN), searchTexts(tx, accountId, query, FOUND_SHOWN)]),
      )
      return { people, texts: texts.map((text) => ({ ...text, at: text.at.toISOString() })) }
    },
  )
}
