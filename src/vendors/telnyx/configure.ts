import type Telnyx from 'telnyx'
import type { Connection } from '../../domain/connection.ts'
import type { Carries, Configured } from '../../setup/port.ts'
import { failureOf } from '../failures.ts'
import type { Http } from '../http.ts'
import { causeOf, telnyxClient } from './client.ts'
import { readTelnyxRefusal } from './errors.ts'
import { findTelnyxNumber } from './numbers.ts'

/**
 * A Telnyx number has no webhooks of its own: calls go through a call control application, texts through a messaging
 * profile. Each connection has one of each, found by its name, so that this may be repeated at every start.
 */
export async function configureTelnyxNumber(
  http: Http,
  connection: Connection,
  number: string,
  hooksUrl: string,
  carries: Carries,
): Promise<Configured> {
  const name = `Textback ${connection.accountId}/${connection.id}`
  const url = `${hooksUrl}/events`
  const steps: Configured['steps'] = []
  let doing = 'Find the number'
  try {
    const client = telnyxClient(http, connection)
    const mine = await findTelnyxNumber(client, number)
    if (!mine) return { ok: false, steps: [{ what: doing, value: number, failure: NOT_THEIRS }] }

    if (carries.calls) {
      doing = 'Calls go to'
      const applicationId = await voiceApplication(client, name, url)
      await client.phoneNumbers.update(mine.id, { connection_id: applicationId })
      steps.push({ what: doing, value: url, failure: null })
    }
    if (carries.texts) {
      doing = 'Texts go to'
      const { messagingProfileId = null } = connection.credentials
      const profileId = await messagingProfile(client, messagingProfileId, name, url, mine.country)
      await client.phoneNumbers.messaging.update(mine.id, { messaging_profile_id: profileId })
      steps.push({ what: doing, value: url, failure: null })
    }
    return { ok: true, steps }
  } catch (error) {
    const failure = failureOf(causeOf(error), readTelnyxRefusal)
    return { ok: false, steps: [...steps, { what: doing, value: url, failure }] }
  }
}

const NOT_THEIRS = {
  code: null,
  sentence: 'The number does not belong to the Telnyx account of this connection.',
  nextStep: 'Check the number, or connect the Telnyx account that owns it.',
}

async function voiceApplication(client: Telnyx, name: string, url: string): Promise<string> {
  const settings = {
    application_name: name,
    webhook_event_url: url,
    webhook_api_version: '2' as const,
    // Adds to the events how far the caller's number can be trusted.
    inbound: { shaken_stir_enabled: true },
  }
  const found = await client.callControlApplications.list({ filter: { application_name: { contains: name } } })
  // `contains` also finds "Textback acme/main2" for "Textback acme/main".
  const mine = found.data.find((each) => each.application_name === name)
  const { data } = mine?.id
    ? await client.callControlApplications.update(mine.id, settings)
    : await client.callControlApplications.create(settings)
  return idOf(data?.id ?? mine?.id, 'call control application')
}

async function messagingProfile(
  client: Telnyx,
  given: string | null,
  name: string,
  url: string,
  country: string | null,
): Promise<string> {
  const webhooks = { webhook_url: url, webhook_api_version: '2' as const }
  const known =
    given ?? (await client.messagingProfiles.list({ filter: { name } })).data.find((p) => p.name === name)?.id
  if (known) {
    await client.messagingProfiles.update(known, webhooks)
    return known
  }
  // Against toll fraud, texts go only to the number's country until somebody adds others in the Telnyx portal.
  const { data } = await client.messagingProfiles.create({
    ...webhooks,
    name,
    whitelisted_destinations: [country ?? 'US'],
  })
  return idOf(data?.id, 'messaging profile')
}

function idOf(id: string | undefined, what: string): string {
  if (!id) throw new Error(`Telnyx named no id for the ${what}`)
  return id
}
