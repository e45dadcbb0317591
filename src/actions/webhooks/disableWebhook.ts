import { type DisabledWhy, WHY_DISABLED } from '../../domain/webhooks.ts'
import { asAccount, type Tx } from '../../store/db.ts'
import { recordEvent } from '../../store/events.ts'
import { addJob } from '../../store/jobs.ts'
import { ownersOf } from '../../store/people.ts'
import { disable, webhookRows } from '../../store/webhooks/webhooks.ts'
import type { World } from '../world.ts'

/** Switches off a failing webhook and queues an email to the owners. Does nothing when it is off. */
export async function disableWebhook(
  tx: Tx,
  accountId: string,
  webhookId: string,
  why: DisabledWhy,
  now: Date,
): Promise<void> {
  const disabled = await disable(tx, accountId, webhookId, { why, at: now })
  if (!disabled) return
  const data = { webhookId, url: disabled.url, why }
  await recordEvent(tx, accountId, { type: 'webhook.disabled', actor: 'textback', data }, now)
  await addJob(tx, 'tell-of-disabled-webhook', { accountId, webhookId })
}

/** Emails the owners, unless somebody switched the webhook on again meanwhile. */
export async function tellOfDisabledWebhook(
  world: World,
  { accountId, webhookId }: { accountId: string; webhookId: string },
): Promise<void> {
  const found = await asAccount(world.db, accountId, async (tx) => ({
    webhook: await webhookRows(tx, accountId).where('id', '=', webhookId).executeTakeFirst(),
    owners: await ownersOf(tx, accountId),
  }))
  const { webhook, owners } = found
  if (!webhook || webhook.enabled) return
  const why = WHY_DISABLED[webhook.disabledWhy as DisabledWhy]
  for (const to of owners)
    await world.mail({
      to,
      subject: 'A webhook of yours was switched off',
      text:
        `Textback tells no events any more to\n\n${webhook.url}\n\n${why} What happens now is not sent to it later: ` +
        `see what failed, send it again, and switch the webhook on at\n\n${world.publicUrl}/settings/webhooks`,
    })
}
