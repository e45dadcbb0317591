import { dictionary } from '@zxcvbn-ts/language-common'

export const SHORTEST_PASSWORD = 8
export const LONGEST_PASSWORD = 128

/** The 49,000 most used passwords, in lower case. */
const COMMON = new Set<string>(dictionary['passwords-common'])

/** What people append to a common password when a form asks for more: `123`, `2026`, `!`. */
const LONGEST_TAIL = 4

const TOO_EASY = 'is too common or too close to your name. Choose another'

/** What is wrong with a new password, or null. `about` is what others know of its owner: address and names. */
export function passwordFault(password: string, about: string[] = []): string | null {
  if (password.length < SHORTEST_PASSWORD) return `must have at least ${SHORTEST_PASSWORD} characters`
  if (password.length > LONGEST_PASSWORD) return `must have at most ${LONGEST_PASSWORD} characters`
  const plain = password.normalize('NFKC').toLowerCase()
  if (isCommon(plain)) return TOO_EASY
  for (const word of knownWords(about))
    if (plain.length - word.length < LONGEST_TAIL && plain.includes(word)) return TOO_EASY
  return null
}

function isCommon(plain: string): boolean {
  for (let tail = 0; tail <= LONGEST_TAIL; tail++) {
    if (COMMON.has(plain.slice(0, plain.length - tail))) return true
    const last = plain.at(-1 - tail)
    if (last === undefined || /\p{L}/u.test(last)) return false
  }
  return false
}

/** Shorter words are part of good passwords too. */
const SHORTEST_WORD = 5

function knownWords(about: string[]): string[] {
  const all = ['textback', ...about.flatMap((text) => [text, ...text.split(/[\s@]/)])]
  return all.map((word) => word.normalize('NFKC').toLowerCase()).filter((word) => word.length >= SHORTEST_WORD)
}
