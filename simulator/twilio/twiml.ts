/** An element of a TwiML document. `text` is its own character data, trimmed. */
export type Element = { name: string; attributes: Record<string, string>; children: Element[]; text: string }

/**
 * Reads a TwiML document as strictly as Twilio. XML that is not well-formed, or whose root is not Response, throws a
 * TwimlError with Twilio's number (12100 document parse failure, 12200 schema).
 */
export function parseTwiml(xml: string): Element[] {
  const root: Element = { name: '', attributes: {}, children: [], text: '' }
  const open: Element[] = [root]
  const token =
    /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<(\/?)([A-Za-z_][\w:.-]*)([^<>]*?)(\/?)>|([^<]+)/gy
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex
    const match = token.exec(xml)
    if (!match) throw new TwimlError(12100, `Not well-formed near "${xml.slice(at, at + 30)}"`)
    const [, cdata, closing, name, attributes, selfClosing, text] = match
    const top = open.at(-1)!
    if (cdata !== undefined) top.text += cdata
    else if (text !== undefined) top.text += decode(text)
    else if (name !== undefined && closing) {
      if (open.length < 2 || top.name !== name) throw new TwimlError(12100, `</${name}> closes nothing that is open`)
      open.pop()
    } else if (name !== undefined) {
      const element: Element = { name, attributes: readAttributes(name, attributes ?? ''), children: [], text: '' }
      top.children.push(element)
      if (!selfClosing) open.push(element)
    }
  }
  if (open.length > 1) throw new TwimlError(12100, `<${open.at(-1)!.name}> is not closed`)
  const [response, ...more] = root.children
  if (response?.name !== 'Response' || more.length > 0 || root.text.trim() !== '') {
    throw new TwimlError(12200, 'The document must be one <Response>')
  }
  trim(response)
  return response.children
}

export class TwimlError extends Error {
  code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

function readAttributes(name: string, source: string): Record<string, string> {
  const attributes: Record<string, string> = {}
  const rest = source.replace(
    /\s+([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g,
    (_, key: string, a?: string, b?: string) => {
      attributes[key] = decode(a ?? b ?? '')
      return ''
    },
  )
  if (rest.trim() !== '') throw new TwimlError(12100, `<${name}> has a broken attribute: ${rest.trim()}`)
  return attributes
}

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decode(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]+|#\d+|\w+);|&/g, (whole, name?: string) => {
    if (name?.startsWith('#x')) return String.fromCodePoint(Number.parseInt(name.slice(2), 16))
    if (name?.startsWith('#')) return String.fromCodePoint(Number.parseInt(name.slice(1), 10))
    const character = name === undefined ? undefined : named[name]
    if (character === undefined) throw new TwimlError(12100, `Unknown entity ${whole}`)
    return character
  })
}

function trim(element: Element) {
  element.text = element.text.trim()
  element.children.forEach(trim)
}
