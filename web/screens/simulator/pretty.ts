import type { Exchange } from './network.ts'

/** A body as people read it: JSON and XML indented, a form as lines; anything else as it is. */
export function pretty(body: string): string {
  const text = body.trim()
  if (text.startsWith('{') || text.startsWith('[')) return indentJson(text)
  if (text.startsWith('<')) return indentXml(text)
  if (/^[\w.%+-]+=[^\s]*$/.test(text))
    return [...new URLSearchParams(text)].map(([name, value]) => `${name}: ${value}`).join('\n')
  return text
}

function indentJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

function indentXml(text: string): string {
  let depth = 0
  return text
    .replace(/>\s*</g, '>\n<')
    .split('\n')
    .map((line) => {
      if (line.startsWith('</')) depth--
      const indented = `${'  '.repeat(Math.max(0, depth))}${line}`
      if (/^<[^/?!][^>]*[^/]>$/.test(line) && !line.includes('</')) depth++
      return indented
    })
    .join('\n')
}

/** The headers that prove the sender to the receiver. */
export const signatureHeaders = ['x-twilio-signature', 'telnyx-signature-ed25519', 'telnyx-timestamp', 'authorization']

/** A summary in a few words: 'DialCallStatus no-answer', 'call.hangup', 'send a text'. */
export function gist({ direction, method, url, body, note }: Exchange): string {
  if (method === '') return note ?? ''
  const event = /"event_type":\s*"([^"]+)"/.exec(body)?.[1]
  if (event) return event
  const form = new URLSearchParams(body)
  for (const name of ['DialCallStatus', 'MessageStatus', 'CallStatus', 'SmsStatus']) {
    const value = form.get(name)
    if (value) return `${name} ${value}`
  }
  if (direction === 'to_carrier' && method === 'POST' && /[Mm]essages(\.json)?$/.test(url)) return 'send a text'
  return ''
}

/** Whether its address, body or answer names the phone or the leg of a call. */
export function names({ url, body, answer }: Exchange, words: string[]): boolean {
  const text = `${url} ${body} ${answer}`
  return words.some((word) => text.includes(word) || text.includes(encodeURIComponent(word)))
}

/** Without the host, long ids shortened to their beginning: the end often matters most. */
export function shortPath(url: string): string {
  const path = url.replace(/^https?:\/\/[^/]+/, '')
  return path.replace(/[\w-]{20,}/g, (id) => `${id.slice(0, 6)}…`)
}
