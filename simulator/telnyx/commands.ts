import { randomUUID } from 'node:crypto'
import { secondsBetween } from '../calls.ts'
import type { Network } from '../network.ts'
import { isE164 } from '../phones.ts'
import type { TelnyxCalls } from './calls.ts'
import { type Asked, type Route, required, TelnyxError, wholeNumber } from './routes.ts'
import { callJson, legPayload, type TelnyxLeg } from './shapes.ts'

/** A voice speaks a character in about 60 ms. */
const msPerCharacter = 60
/** A command_id that comes again within this time is a repeat. */
const sameCommandMs = 60_000

/** The call control commands: what the app may do with a leg. */
export function callRoutes(network: Network, telnyxCalls: TelnyxCalls, route: Route) {
  const { calls, clock } = network

  route('POST', 'calls', ({ account, body }) => {
    const connectionId = required(body, 'connection_id')
    if (!account.applications.has(connectionId)) {
      const detail = 'The requested connection_id (Call Control App ID) is either invalid or does not exist.'
      throw new TelnyxError(422, '10015', 'Invalid value for connection_id', detail, '/connection_id')
    }
    const linked = typeof body.link_to === 'string' ? telnyxCalls.find(body.link_to) : undefined
    if (body.link_to && !linked) throw invalidCall()
    if ((body.bridge_on_answer || body.bridge_intent) && !linked) required(body, 'link_to')
    const numbers = (Array.isArray(body.to) ? body.to : [required(body, 'to')]).map((to) => phoneIn(to, '/to'))
    const from = body.bridge_intent && linked ? linked.leg.from : required(body, 'from')
    const timeoutMs = wholeNumber(body, 'timeout_secs', 5, 600, 30) * 1000
    const call = linked?.leg.call ?? telnyxCalls.openOutgoing(from, numbers[0]!)
    const legs = numbers.map((to) =>
      telnyxCalls.ring(call, account, connectionId, {
        from,
        to,
        timeoutMs,
        clientState: stateIn(body, 'client_state'),
        bridgeTo: body.bridge_on_answer && linked ? linked : null,
        preventDoubleBridge: body.prevent_double_bridge === true,
      }),
    )
    return { data: callJson(legs[0]!) }
  })

  route('GET', 'calls/:id', ({ account, params }) => ({ data: callJson(legOf(params, account.apiKey)) }))

  command('answer', (leg) => telnyxCalls.answer(leg))

  command('reject', (leg, body) => {
    const cause = required(body, 'cause')
    if (cause !== 'CALL_REJECTED' && cause !== 'USER_BUSY') {
      throw new TelnyxError(422, '10032', 'Invalid enumerated value', 'CALL_REJECTED or USER_BUSY', '/cause')
    }
    if (leg.leg.state !== 'ringing') throw new TelnyxError(422, '90018', 'Unable to reject', 'The call is answered.')
    telnyxCalls.hangUp(leg, cause.toLowerCase(), 'callee', 'app')
  })

  command('hangup', (leg) => telnyxCalls.hangUp(leg, 'normal_clearing', 'callee', 'app'))

  command('transfer', (leg, body) => {
    const to = phoneIn(required(body, 'to'), '/to')
    leg.parkAfterUnbridge = body.park_after_unbridge === 'self'
    telnyxCalls.ring(leg.leg.call, leg.account, leg.connectionId, {
      from: typeof body.from === 'string' ? body.from : leg.leg.to,
      to,
      timeoutMs: wholeNumber(body, 'timeout_secs', 5, 600, 30) * 1000,
      clientState: stateIn(body, 'target_leg_client_state'),
      bridgeTo: leg,
      preventDoubleBridge: false,
    })
  })

  command('bridge', (leg, body) => {
    const other = telnyxCalls.find(required(body, 'call_control_id'))
    if (!other) throw invalidCall()
    if (other.leg.state === 'ended') throw callEnded()
    leg.parkAfterUnbridge = body.park_after_unbridge === 'self'
    telnyxCalls.bridge(leg, other)
  })

  command('speak', (leg, body) => {
    required(body, 'voice')
    void speak(leg, required(body, 'payload')).then((status) => {
      emit(leg, 'call.speak.ended', { status })
    })
  })

  command('gather_using_speak', (leg, body) => {
    required(body, 'voice')
    void gather(leg, required(body, 'payload'), {
      most: wholeNumber(body, 'maximum_digits', 1, 128, 128),
      least: wholeNumber(body, 'minimum_digits', 1, 128, 1),
      silenceMs: wholeNumber(body, 'timeout_millis', 1, 600_000, 60_000),
      valid: typeof body.valid_digits === 'string' ? body.valid_digits : '0123456789#*',
      last: typeof body.terminating_digit === 'string' ? body.terminating_digit : '#',
    })
  })

  command('record_start', (leg, body) => {
    required(body, 'format')
    const channels = required(body, 'channels')
    const lengthMs = wholeNumber(body, 'max_length', 0, 14_400, 0) * 1000
    const startedAt = clock.now()
    const cancel = lengthMs > 0 ? clock.after(lengthMs, () => leg.recording?.stop()) : () => {}
    const stop = () => {
      cancel()
      leg.recording = null
      saveRecording(leg, startedAt, channels)
    }
    leg.recording = { id: randomUUID(), startedAt, channels, stop }
  })

  function command(name: string, run: (leg: TelnyxLeg, body: Record<string, unknown>) => void) {
    route('POST', `calls/:id/actions/${name}`, ({ account, params, body }: Asked) => {
      const leg = legOf(params, account.apiKey)
      if (isRepeated(leg, body.command_id)) return { data: { result: 'ok' } }
      if (leg.leg.state === 'ended') throw callEnded()
      const needsAnswer = ['speak', 'gather_using_speak', 'record_start'].includes(name)
      if (needsAnswer && leg.leg.state === 'ringing') {
        const detail = "This call can't receive this command because it has not been answered yet."
        throw new TelnyxError(422, '90034', 'Call not answered yet', detail)
      }
      const clientState = stateIn(body, 'client_state')
      // Set before the command runs, because its events already carry the state.
      if (clientState !== null) leg.clientState = clientState
      run(leg, body)
      if (typeof body.command_id === 'string') leg.commands.set(body.command_id, clock.elapsedMs())
      const started = name === 'record_start' ? { recording_id: leg.recording?.id } : {}
      return { data: { result: 'ok', ...started } }
    })
  }

  function isRepeated(leg: TelnyxLeg, commandId: unknown): boolean {
    const at = typeof commandId === 'string' ? leg.commands.get(commandId) : undefined
    return at !== undefined && clock.elapsedMs() - at < sameCommandMs
  }

  function legOf(params: Record<string, string>, apiKey: string): TelnyxLeg {
    const leg = telnyxCalls.find(params.id ?? '')
    if (leg?.account.apiKey !== apiKey) throw invalidCall()
    return leg!
  }

  async function speak(leg: TelnyxLeg, words: string): Promise<'completed' | 'call_hangup'> {
    calls.note(leg.leg.call, `${leg.leg.role === 'caller' ? leg.leg.from : leg.leg.to} hears: ${words}`)
    emit(leg, 'call.speak.started', {})
    await clock.sleep(words.length * msPerCharacter, leg.leg.over.signal)
    return leg.leg.over.signal.aborted ? 'call_hangup' : 'completed'
  }

  async function gather(
    leg: TelnyxLeg,
    words: string,
    rule: { most: number; least: number; silenceMs: number; valid: string; last: string },
  ) {
    const done = new AbortController()
    let digits = ''
    leg.leg.on.digits = (pressed) => {
      for (const digit of pressed) {
        emit(leg, 'call.dtmf.received', { digit })
        if (digit === rule.last) done.abort()
        else if (rule.valid.includes(digit) && digits.length < rule.most) digits += digit
      }
      if (digits.length >= rule.most) done.abort()
    }
    calls.note(leg.leg.call, `${leg.leg.role === 'caller' ? leg.leg.from : leg.leg.to} hears: ${words}`)
    const waitMs = words.length * msPerCharacter + rule.silenceMs
    await clock.sleep(waitMs, AbortSignal.any([leg.leg.over.signal, done.signal]))
    delete leg.leg.on.digits
    const unfinished = leg.leg.over.signal.aborted ? 'call_hangup' : 'timeout'
    const complete = done.signal.aborted ? (digits.length >= rule.least ? 'valid' : 'invalid') : unfinished
    const { from, to } = leg.leg
    emit(leg, 'call.gather.ended', { digits, status: complete, from, to })
  }

  function saveRecording(leg: TelnyxLeg, startedAt: Date, channels: string) {
    const seconds = secondsBetween(leg.leg.ticks.answered, clock.elapsedMs())
    const sid = randomUUID()
    network.recordings.set(sid, { sid, accountSid: leg.account.apiKey, callSid: leg.leg.id, startedAt, seconds })
    const urls = { mp3: null, wav: `${network.telnyxUrl}/recordings/${sid}.wav` }
    emit(leg, 'call.recording.saved', {
      // This is the only event without a call_control_id.
      call_control_id: undefined,
      channels,
      public_recording_urls: { mp3: null, wav: null },
      recording_ended_at: new Date(startedAt.getTime() + seconds * 1000).toISOString(),
      recording_started_at: startedAt.toISOString(),
      recording_urls: urls,
    })
  }

  function emit(leg: TelnyxLeg, type: string, more: Record<string, unknown>) {
    // An ended leg without an ending was reset with the whole network.
    if (leg.leg.state === 'ended' && leg.leg.ending === null) return
    const { from: _, to: __, ...ids } = legPayload(leg)
    telnyxCalls.emit(leg, type, { ...ids, ...more })
  }
}

function phoneIn(value: unknown, pointer: string): string {
  if (isE164(value)) return value
  const detail = `The '${pointer.slice(1)}' parameter must be in E164 format.`
  throw new TelnyxError(422, '10016', 'Phone number must be in +E164 format', detail, pointer)
}

/** A client state, which must be base64; null when it is absent. */
function stateIn(body: Record<string, unknown>, field: string): string | null {
  const value = body[field] ?? null
  if (value === null) return null
  if (typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value) && value.length % 4 === 0) return value
  throw new TelnyxError(422, '10015', 'Invalid value', `The '${field}' must be Base-64 encoded.`, `/${field}`)
}

function invalidCall(): TelnyxError {
  const detail = 'The call_control_id provided was not valid.'
  return new TelnyxError(422, '90015', 'Invalid Call Control ID', detail, '/call_control_id')
}

function callEnded(): TelnyxError {
  const detail = "This call is no longer active and can't receive commands."
  return new TelnyxError(422, '90018', 'Call has already ended', detail)
}
