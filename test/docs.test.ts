import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { DISPATCHED_TYPES, EVENTS } from '../src/domain/events.ts'

const root = resolve(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** Everything that people read: the pages at the root, in docs, and beside the code. */
const pages = globSync(['*.md', '{docs,src,web,simulator,demo,bench}/**/*.md'], { cwd: root })

const FENCE = /^```(\w*)\n(.*?)^```/gms
const SPAN = /`([^`\n]+)`/g

const proseOf = (text: string) => text.replace(FENCE, '')
const spansOf = (text: string) => [...proseOf(text).matchAll(SPAN)].map((match) => match[1]!)

describe('the documentation', () => {
  test('links lead somewhere', () => {
    const broken = pages.flatMap((page) => linksOf(page).filter((link) => !leadsSomewhere(page, link)))
    assert.deepEqual(broken, [])
  })

  test('paths in the repository exist', () => {
    const missing = pages.flatMap((page) =>
      pathsIn(read(page))
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${page}: ${path}`),
    )
    assert.deepEqual(missing, [])
  })

  test('files that a page beside the code names are beside it', () => {
    const missing = pages
      .filter((page) => /^(src|web)\//.test(page))
      .flatMap((page) => {
        const there = globSync(`${dirname(page)}/**/*`, { cwd: root }).map((path) => basename(path))
        const named = spansOf(read(page)).filter((span) => /^[\w-]+\.(ts|tsx|css)$/.test(span))
        return named.filter((name) => !there.includes(name)).map((name) => `${page}: ${name}`)
      })
    assert.deepEqual(missing, [])
  })

  test('the settings are those of src/config.ts, and no other environment variable is named', () => {
    const settings = settingsOf(read('src/config.ts'))
    const unknown = pages.flatMap((page) =>
      variablesIn(read(page))
        .filter((name) => !settings.includes(name) && !OTHER_VARIABLES.has(name))
        .map((name) => `${page}: ${name}`),
    )
    assert.deepEqual(unknown, [])
    const [, table = ''] = read('docs/self-hosting.md').split('\n## Settings\n')
    const listed = [...table.split('\n## ')[0]!.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]!)
    assert.deepEqual(listed.toSorted(), settings.toSorted())
  })

  test('docs/README.md lists every page', () => {
    const listed = linksOf('docs/README.md').map(({ to }) => normalize(join('docs', to)))
    assert.deepEqual(
      pages.filter((page) => page !== 'README.md' && page !== 'docs/README.md' && !listed.includes(page)),
      [],
    )
  })
})

test('docs/webhooks.md lists every event that can be listened to, as the code and the settings say it', () => {
  const [, table = ''] = read('docs/webhooks.md').split('\n## Events\n')
  const rows = [...table.matchAll(/^\| `([a-z_]+\.[a-z_]+)` \| (.*) \|$/gm)]
  assert.deepEqual(
    rows.map(([, type, when]) => [type, when]),
    DISPATCHED_TYPES.map((type) => [type, EVENTS[type].when]),
  )
})

type Link = { page: string; to: string }

/** The relative links and pictures of a page, in Markdown and in HTML. */
function linksOf(page: string): Link[] {
  const text = proseOf(read(page)).replace(SPAN, '')
  const written = [...text.matchAll(/\]\(([^)\s]+)\)|\b(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? match[2]!)
  return written.filter((to) => !/^[a-z]+:/.test(to)).map((to) => ({ page, to }))
}

function leadsSomewhere(page: string, { to }: Link): boolean {
  const [path, anchor] = to.split('#') as [string, string?]
  const file = path === '' ? page : normalize(join(dirname(page), path))
  if (!existsSync(join(root, file))) return false
  return anchor === undefined || anchorsOf(file).includes(anchor)
}

/** The headings of a page as GitHub names them. */
function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>()
  return [...proseOf(read(page)).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => {
    const name = heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-')
    const times = seen.get(name) ?? 0
    seen.set(name, times + 1)
    return times === 0 ? name : `${name}-${times}`
  })
}

/** Words in code spans that begin with a folder of the repository, without those with a wildcard or a placeholder. */
function pathsIn(text: string): string[] {
  return spansOf(text)
    .flatMap((span) => span.split(/\s+/))
    .filter((word) => /^(src|web|test|simulator|demo|bench|docs|bin|migrations)\/[\w./-]+$/.test(word))
}

/** Variables that are not our settings: for other programs, for the tests, or of an example. */
const OTHER_VARIABLES = new Set(['NODE_ENV', 'PGPASSWORD', 'SHOTS', 'SLOW_NETWORK', 'API', 'HOOK', 'SECRET'])

/** Finds variables by their underscore in code spans, and by their equals sign in shell and service files. */
function variablesIn(text: string): string[] {
  const named = spansOf(text).flatMap((span) => [...span.matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g)].map(([name]) => name))
  const scripts = [...text.matchAll(FENCE)].filter(([, language]) => ['sh', 'ini'].includes(language!))
  const set = [...scripts.map(([, , code]) => code!), ...spansOf(text)].flatMap((code) =>
    [...code.matchAll(/(?:^|[\s="])([A-Z][A-Z_]+)=/gm)].map((match) => match[1]!),
  )
  return [...new Set([...named, ...set])]
}

/** The keys of the shape that reads the environment. */
function settingsOf(config: string): string[] {
  const [, shape = ''] = config.split('const variables = z.object({')
  return [...shape.split('\n})')[0]!.matchAll(/^ {2}([A-Z_]+):/gm)].map((match) => match[1]!)
}

test('the style guide quotes lines that are in the named file', () => {
  const named = /`((?:src|test|migrations|web)\/[^`\s]+\.(?:ts|tsx|sql))`[^`]*?\n\n```\w*\n([\s\S]*?)```/g
  const quotes = [...read('STYLE.md').matchAll(named)]
  assert.ok(quotes.length > 10, 'there are quotes')
  const lost = quotes.flatMap(([, path, quoted]) => {
    const lines = new Set(linesOf(read(path!)))
    return linesOf(quoted!).flatMap((line) => (lines.has(line) ? [] : [`${path} has no line: ${line}`]))
  })
  assert.deepEqual(lost, [])
})

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
