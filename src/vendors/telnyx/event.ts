import type { FieldError } from '../../domain/fields.ts'

export type Payload = Record<string, unknown>

/** One event of Telnyx, in a webhook (`{data: …}`) or in its list of webhook deliveries (bare). */
export type TelnyxEvent = { type: string; occurredAt: Date | null; payload: Payload }

export function readEvent(json: unknown): { ok: true; event: TelnyxEvent } | { ok: false; errors: FieldError[] } {
  if (!isObject(json)) return bad('body', 'The body is not a JSON object.')
  const data = isObject(json.data) ? json.data : json
  const type = textAt(data, 'event_type')
  if (type === '') return bad('data.event_type', 'The event does not say what it is.')
  if (!isObject(data.payload)) return bad('data.payload', 'The event has no payload.')
  return { ok: true, event: { type, occurredAt: timeAt(data, 'occurred_at'), payload: data.payload } }
}

export function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The text of a field, or '' when it is missing or not a text. */
export function textAt(object: unknown, field: string): string {
  const value = isObject(object) ? object[field] : undefined
  return typeof value === 'string' ? value : ''
}

export function timeAt(object: unknown, field: string): Date | null {
  const text = textAt(object, field)
  const time = /^\d{4}-\d\d-\d\dT/.test(text) ? new Date(text) : null
  return time && !Number.isNaN(time.getTime()) ? time : null
}

export function listAt(object: unknown, field: string): unknown[] {
  const value = isObject(object) ? object[field] : undefined
  return Array.isArray(value) ? value : []
}

function bad(field: string, message: string): { ok: false; errors: FieldError[] } {
  return { ok: false, errors: [{ field, message }] }
}
