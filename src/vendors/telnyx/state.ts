/**
 * `client_state` is our mark on a leg: Telnyx returns it with every later event of that leg. So an event says which leg
 * it is about, and we need not store that.
 */
export type LegState =
  /** The leg that rings the business. */
  | { leg: 'target' }
  /** The caller's leg, answered by us only to say goodbye. */
  | { leg: 'goodbye'; greeting: string }
  /** The caller's leg, or one that we did not make. Live events have `client_state: null` there. */
  | { leg: 'unmarked' }

export const TARGET_STATE = encode('target')

export function goodbyeState(greeting: string): string {
  return encode(`goodbye:${greeting}`)
}

export function legState(clientState: unknown): LegState {
  if (typeof clientState !== 'string') return { leg: 'unmarked' }
  const text = Buffer.from(clientState, 'base64').toString('utf8')
  if (text === 'target') return { leg: 'target' }
  if (text.startsWith('goodbye:')) return { leg: 'goodbye', greeting: text.slice('goodbye:'.length) }
  return { leg: 'unmarked' }
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
