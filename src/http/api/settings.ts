import { changeSettings } from '../../actions/accounts/settings.ts'
import { asAccount } from '../../store/db.ts'
import { usedToday } from '../../store/messages/textsPerDay.ts'
import { invalid } from '../errors.ts'
import * as shapes from '../shapes/account.ts'
import { whoAsks } from '../who.ts'
import type { Api, ApiWorld } from './types.ts'

const tags = ['Settings']

export async function settings(app: Api, { world }: ApiWorld): Promise<void> {
  app.get(
    '/settings',
    {
      config: { access: 'member', scope: 'read' },
      schema: { tags, summary: 'The account’s settings', response: { 200: shapes.settings } },
    },
    async (request) => find(whoAsks(request).accountId),
  )

  app.patch(
    '/settings',
    {
      config: { access: 'owner', scope: 'admin' },
      schema: {
        tags,
        summary: 'Change settings; what is not given stays',
        body: shapes.settingsChange,
        response: { 200: shapes.settings },
      },
    },
    async (request) => {
      const { accountId, actor } = whoAsks(request)
      const errors = await changeSettings(world, accountId, request.body, actor)
      if (errors.length > 0) throw invalid(errors)
      return find(accountId)
    },
  )

  async function find(accountId: string) {
    return asAccount(world.db, accountId, async (tx) => {
      const row = await tx
        .selectFrom('accounts')
        .select([
          'id',
          'name',
          'timezone',
          'country',
          'alsoTextsCountries',
          'plan',
          'dailyCap',
          'recipientHourlyCap',
          'recipientDailyCap',
          'lateAfterMinutes',
          'newLeadAfterDays',
          'requiresSecondFactor as requireSecondFactor',
        ])
        .where('id', '=', accountId)
        .executeTakeFirstOrThrow()
      const { texts, segments } = await usedToday(tx, accountId, row.timezone, world.now())
      return { ...row, textsToday: texts, segmentsToday: segments }
    })
  }
}
