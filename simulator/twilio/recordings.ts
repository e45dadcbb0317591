import { secondsBetween } from '../calls.ts'
import type { Network } from '../network.ts'
import { silence } from '../silence.ts'
import { notFound, type Route } from './routes.ts'
import { type Host, resolveUrl } from './script.ts'
import { apiVersion, makeSid, rfc2822 } from './shapes.ts'
import type { Element } from './twiml.ts'
import { sendWebhook } from './webhooks.ts'

/** Records until maxLength, a key or the caller's hang-up; returns the parameters of the verb's action. */
export async function record(host: Host, verb: Element, base: string): Promise<Record<string, string>> {
  const { network, account, leg } = host
  const { maxLength = '3600', finishOnKey = '1234567890*#' } = verb.attributes
  const key = new AbortController()
  let digits = ''
  leg.on.digits = (pressed) => {
    digits = [...pressed].find((digit) => finishOnKey.includes(digit)) ?? ''
    if (digits) key.abort()
  }
  const startedAt = network.clock.now()
  const began = network.clock.elapsedMs()
  network.calls.note(leg.call, 'a beep: the recording begins')
  await network.clock.sleep(Number(maxLength) * 1000, AbortSignal.any([leg.over.signal, key.signal]))
  delete leg.on.digits
  const seconds = secondsBetween(began, network.clock.elapsedMs())
  const sid = makeSid('RE')
  network.recordings.set(sid, { sid, accountSid: account.accountSid, callSid: leg.id, startedAt, seconds })
  const saved = {
    RecordingSid: sid,
    RecordingUrl: `${network.twilioUrl}/${apiVersion}/Accounts/${account.accountSid}/Recordings/${sid}`,
    RecordingDuration: String(seconds),
  }
  const callback = verb.attributes.recordingStatusCallback
  if (callback) {
    const hook = {
      key: leg.call.id,
      kind: 'notice' as const,
      url: resolveUrl(callback, base),
      method: verb.attributes.recordingStatusCallbackMethod,
    }
    void sendWebhook(network, account, hook, {
      AccountSid: account.accountSid,
      CallSid: leg.id,
      ...saved,
      RecordingStatus: 'completed',
      RecordingChannels: '1',
      RecordingSource: 'RecordVerb',
      RecordingStartTime: rfc2822(startedAt),
      ErrorCode: '0',
    })
  }
  return digits ? { ...saved, Digits: digits } : saved
}

export function recordingRoutes(network: Network, route: Route) {
  route('GET', 'Recordings/:file', ({ account, sid, request, reply }) => {
    const recording = network.recordings.get(sid.replace(/\.(wav|mp3)$/, ''))
    if (recording?.accountSid !== account.accountSid) throw notFound(request.url)
    if (!request.url.endsWith('.json')) return reply.type('audio/x-wav').send(silence(recording.seconds))
    const path = `/${apiVersion}/Accounts/${account.accountSid}/Recordings/${recording.sid}`
    return {
      account_sid: account.accountSid,
      api_version: apiVersion,
      call_sid: recording.callSid,
      channels: 1,
      conference_sid: null,
      date_created: rfc2822(recording.startedAt),
      date_updated: rfc2822(recording.startedAt),
      duration: String(recording.seconds),
      encryption_details: null,
      error_code: null,
      media_url: `${network.twilioUrl}${path}`,
      price: null,
      price_unit: 'USD',
      sid: recording.sid,
      source: 'RecordVerb',
      start_time: rfc2822(recording.startedAt),
      status: 'completed',
      subresource_uris: {},
      uri: `${path}.json`,
    }
  })
}
