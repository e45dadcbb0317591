import type { FoundSent, OutgoingText, SendResult, SoughtText } from '../../channels/port.ts'
import type { Connection } from '../../domain/connection.ts'
import { failureOf, sendFailure } from '../failures.ts'
import type { Http } from '../http.ts'
import { twilioClient } from './client.ts'
import { readTwilioRefusal } from './errors.ts'
import { outcomeOf } from './parse.ts'
import { RETRIES } from './urls.ts'

// Twilio takes 1 to 36,000 seconds.
const LONGEST_VALIDITY_SECONDS = 36_000

export async function sendText(http: Http, connection: Connection, text: OutgoingText): Promise<SendResult> {
  try {
    const message = await twilioClient(http, connection).messages.create({
      from: text.from,
      to: text.to,
      body: text.body,
      statusCallback: text.callbackUrl + RETRIES,
      validityPeriod: Math.max(1, Math.min(Math.round(text.validSeconds), LONGEST_VALIDITY_SECONDS)),
    })
    // Twilio took it but gave no SID; the receipt or the list has it.
    if (!message.sid) return { outcome: 'unknown', why: 'Twilio answered without a message SID.' }
    return { outcome: 'accepted', carrierId: message.sid, segments: Number(message.numSegments) || null }
  } catch (error) {
    return sendFailure(error, readTwilioRefusal)
  }
}

// A business and its customer do not exchange more texts than this.
const MOST_TEXTS = 5_000
const CLOCKS_DIFFER_MS = 5_000
// A trial account's texts are stored with this in front.
const TRIAL_PREFIX = 'Sent from your Twilio trial account - '

/**
 * Filters by the pair of numbers and not by DateSent. A queued text has no `date_sent`, so that filter could hide it,
 * and a hidden text would be sent twice. `date_created` is always set.
 */
export async function findSentText(http: Http, connection: Connection, sought: SoughtText): Promise<FoundSent> {
  try {
    // Read first: whatever was taken before the newest text here was listed when the texts of the pair are read.
    const shownUntil = await newestListed(http, connection, sought)
    const texts = await twilioClient(http, connection).messages.list({
      from: sought.from,
      to: sought.to,
      pageSize: 1000,
      limit: MOST_TEXTS + 1,
    })
    if (texts.length > MOST_TEXTS)
      return { outcome: 'unreadable', why: `Twilio lists more than ${MOST_TEXTS} texts between these two numbers.` }

    const earliest = sought.attemptedAt.getTime() - CLOCKS_DIFFER_MS
    const found = texts
      .filter((text) => isSame(text.body, sought.body) && text.direction !== 'inbound')
      .filter((text) => !(text.dateCreated instanceof Date) || text.dateCreated.getTime() >= earliest)
      .map((text) => ({
        carrierId: text.sid,
        ...outcomeOf(text.status, text.errorCode, text.errorMessage),
        at: text.dateCreated instanceof Date ? text.dateCreated : sought.attemptedAt,
      }))
      .sort((a, b) => a.at.getTime() - b.at.getTime())
    return found.length > 0 ? { outcome: 'found', texts: found, shownUntil } : { outcome: 'absent', shownUntil }
  } catch (error) {
    return { outcome: 'unreadable', why: failureOf(error, readTwilioRefusal).sentence }
  }
}

// Any one of them proves how far the list has come.
const NEWEST_TEXTS = 100

/**
 * When the newest listed text from our number was taken; null when none is as new as the attempt, or our clocks differ.
 * It may be hidden by the filter while it is queued: then a later look sees it.
 */
async function newestListed(http: Http, connection: Connection, sought: SoughtText): Promise<Date | null> {
  let twilioNow = Number.NaN
  const noting: Http = {
    ...http,
    async send(ask) {
      const reply = await http.send(ask)
      twilioNow = Date.parse(reply.headers.date ?? '')
      return reply
    },
  }
  const texts = await twilioClient(noting, connection).messages.list({
    from: sought.from,
    dateSentAfter: sought.attemptedAt,
    pageSize: NEWEST_TEXTS,
    limit: NEWEST_TEXTS,
  })
  // With our clock behind, as after a jump, a text from before the attempt would look newer.
  if (!(Math.abs(twilioNow - sought.askedAt.getTime()) <= CLOCKS_DIFFER_MS)) return null
  const taken = texts
    .filter(({ direction }) => direction !== 'inbound')
    .map(({ dateCreated }) => (dateCreated instanceof Date ? dateCreated.getTime() : 0))
  const newest = Math.max(0, ...taken)
  return newest >= sought.attemptedAt.getTime() ? new Date(newest) : null
}

function isSame(listed: unknown, sought: string): boolean {
  if (typeof listed !== 'string') return false
  const bare = listed.startsWith(TRIAL_PREFIX) ? listed.slice(TRIAL_PREFIX.length) : listed
  return bare.trim() === sought.trim()
}
