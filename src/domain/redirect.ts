const HERE = 'https://here.invalid'

/**
 * Whether a path leads to a page of this site. Browsers read `//evil.example` and `/\evil.example` as another site, and
 * `/.//evil.example` becomes the former when its dots are resolved. The decoded path is checked too, because some
 * readers decode once more.
 */
export function isOwnPath(target: string): boolean {
  const decoded = decode(target)
  return staysHere(target) && decoded !== null && staysHere(decoded)
}

function staysHere(target: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop tabs and line breaks, and see what is behind
  if (!target.startsWith('/') || /[\\\u0000-\u001f\u007f]/.test(target)) return false
  try {
    const { origin, pathname } = new URL(target, HERE)
    return origin === HERE && !pathname.startsWith('//')
  } catch {
    return false
  }
}

function decode(target: string): string | null {
  try {
    return decodeURIComponent(target)
  } catch {
    return null
  }
}
