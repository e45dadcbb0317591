import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, resolve } from 'node:path'
import { describe, test } from 'node:test'

const root = resolve(import.meta.dirname, '..')

const PORTS = ['src/channels/', 'src/voice/', 'src/setup/']
const PORT_FILES = [...PORTS.map((port) => `${port}port.ts`), 'src/vendors/vendor.ts']

/**
 * What each part may import besides itself and packages; the first part that matches a file is its rule. A folder ends
 * in `/`. The files directly in src wire everything together and may import all of src.
 */
const MAY_IMPORT: [part: string, others: string[]][] = [
  ['src/domain/', []],
  ['src/store/', ['src/domain/']],
  // The ports: what a vendor may offer.
  ['src/channels/', ['src/domain/']],
  ['src/voice/', ['src/domain/']],
  ['src/setup/', ['src/domain/']],
  ['src/vendors/', ['src/domain/', ...PORTS]],
  ['src/outbound/', ['src/domain/']],
  ['src/actions/', ['src/domain/', 'src/store/', 'src/outbound/', ...PORT_FILES]],
  ['src/jobs/', ['src/actions/', 'src/domain/', 'src/store/']],
  // The web app imports the shapes, so they must not import anything that touches the database.
  ['src/http/shapes/', ['src/domain/']],
  ['src/http/', ['src/actions/', 'src/domain/', 'src/store/', ...PORT_FILES, 'src/mail.ts']],
  ['src/', []],
  // The outside world, which talks HTTP to us.
  ['simulator/', []],
  ['demo/', []],
  // The shapes of the API, and the pure rules, so that the web app counts segments as the server does.
  ['web/', ['src/http/shapes/', 'src/domain/']],
]

/** Only a vendor's own folder uses its terms. */
const VENDORS = globSync('src/vendors/*/', { cwd: root }).map((path) => `${path.replace(/\/$/, '')}/`)
const KNOWS_VENDORS = 'src/vendors/vendors.ts'

/** These treat all vendors alike: they ask what a vendor offers. */
const KNOW_NO_VENDOR = ['src/domain/', 'src/actions/', 'src/store/', 'src/jobs/', 'src/http/']

const LONGEST_FILE = 350

const files = globSync('{src,simulator,demo,web}/**/*.{ts,tsx}', { cwd: root }).filter(
  (path) => !path.includes('node_modules') && !/\.test\.tsx?$/.test(path),
)
const imports = new Map(files.map((path) => [path, importsOf(path, codeOf(path))]))
/** The same without imports of types, which do not exist at run time. */
const loads = new Map(
  files.map((path) => [path, importsOf(path, codeOf(path).replace(/^(import|export) type [^']*'[^']*'/gm, ''))]),
)

function importsOf(path: string, code: string): string[] {
  const written = [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']*)'/g)].map((match) => match[1]!)
  return written.map((to) => normalize(join(dirname(path), to))).filter((to) => /\.tsx?$/.test(to))
}

const within = (path: string, part: string) => (part.endsWith('/') ? path.startsWith(part) : path === part)

describe('the arrows of ARCHITECTURE.md', () => {
  for (const [part, others] of MAY_IMPORT)
    test(`${part} imports itself${others.length > 0 ? ` and ${others.join(', ')}` : ' only'}`, () => {
      const mine = files.filter((path) => MAY_IMPORT.find(([p]) => within(path, p))?.[0] === part)
      const wrong = mine.flatMap((path) =>
        imports
          .get(path)!
          .filter((to) => ![part, ...others].some((allowed) => within(to, allowed)))
          .map((to) => `${path} imports ${to}`),
      )
      assert.deepEqual(wrong, [])
    })

  test('only vendors.ts imports a vendor', () => {
    const wrong = files
      .filter((path) => path !== KNOWS_VENDORS)
      .flatMap((path) =>
        imports
          .get(path)!
          .filter((to) => VENDORS.some((vendor) => within(to, vendor) && !within(path, vendor)))
          .map((to) => `${path} imports ${to}`),
      )
    assert.deepEqual(wrong, [])
  })

  for (const part of KNOW_NO_VENDOR)
    test(`${part} names no vendor, and decides nothing by its kind`, () => {
      const names = VENDORS.map((vendor) => vendor.split('/')[2]!)
      const named = new RegExp(names.join('|'), 'i')
      const decides = /\b(connection|vendor|carrier|source)\??\.kind\s*[!=]==?\s*['"`]/
      const wrong = [...globSync(`${part}**/*.ts`, { cwd: root })].flatMap((path) =>
        codeOf(path)
          .split('\n')
          .flatMap((line, i) => (named.test(line) || decides.test(line) ? [`${path}:${i + 1} ${line.trim()}`] : [])),
      )
      assert.deepEqual(wrong, [])
    })

  test('there are no import cycles', () => {
    const cycles: string[] = []
    const done = new Set<string>()
    const walk = (path: string, way: string[]) => {
      if (way.includes(path)) cycles.push([...way.slice(way.indexOf(path)), path].join(' → '))
      if (done.has(path) || way.includes(path)) return
      for (const to of loads.get(path) ?? []) walk(to, [...way, path])
      done.add(path)
    }
    // The simulator's call scripts have one: a Dial screens its callee with a script.
    for (const path of files) if (!path.startsWith('simulator/')) walk(path, [])
    assert.deepEqual(cycles, [])
  })

  test('every import leads to a file', () => {
    const known = new Set(files)
    const lost = [...imports].flatMap(([path, all]) => all.filter((to) => !known.has(to)).map((to) => `${path}: ${to}`))
    assert.deepEqual(lost, [])
  })
})

test('zod never reaches the browser, which needs only its types', () => {
  const reached = new Set(['web/main.tsx'])
  for (const path of reached) for (const to of loads.get(path) ?? []) reached.add(to)
  const isLoaded = (path: string) => /^(import|export) (?!type )[^']*'zod'/m.test(codeOf(path))
  assert.ok(reached.size > 200, 'the walk has found the screens')
  assert.deepEqual([...reached].filter(isLoaded), [])
})

test('only actions write: src/http only reads, and calls actions to write', () => {
  // An event or a job is a write too. So is a function of the store whose SQL writes.
  const writes =
    /\b(insertInto|updateTable|deleteFrom|recordEvent|addJob)\b|\b(insert into|delete from|update \w+( \w+)?\s+set)\b/
  const writers = files.filter((path) => within(path, 'src/store/') && writes.test(codeOf(path)))
  const mixed = new Map(writers.map((path) => [path, writingFunctions(path, writes)]))
  const wrong = files
    .filter((path) => within(path, 'src/http/'))
    .flatMap((path) => {
      const code = codeOf(path)
      const asked = namesFrom(path, code).flatMap(([from, name]) => (mixed.get(from)?.includes(name) ? [name] : []))
      return [...(writes.test(code) ? ['writes'] : []), ...asked].map((what) => `${path}: ${what}`)
    })
  assert.deepEqual(wrong, [])
})

/** What a file uses of other files: by name, or as a property of the whole module. */
function namesFrom(path: string, code: string): [from: string, name: string][] {
  return [...code.matchAll(/^import (?:\{([^}]*)\}|\* as (\w+)) from '(\.[^']*)'/gm)].flatMap(
    ([, named, whole, to]) => {
      const from = normalize(join(dirname(path), to!))
      const names = named
        ? named.split(',').map(
            (name) =>
              name
                .trim()
                .replace(/^type /, '')
                .split(' as ')[0]!,
          )
        : [...code.matchAll(new RegExp(`\\b${whole}\\.(\\w+)`, 'g'))].map((match) => match[1]!)
      return names.map((name): [string, string] => [from, name])
    },
  )
}

/** The exported functions of a file whose code writes. */
function writingFunctions(path: string, writes: RegExp): string[] {
  const parts = codeOf(path).split(/^(?=export )/m)
  return parts.flatMap((part) => {
    const name = /^export (?:async )?(?:function|const) (\w+)/.exec(part)?.[1]
    return name && writes.test(part) ? [name] : []
  })
}

test('the domain imports packages, and nothing of Node.js: no file, no network, no clock of its own', () => {
  const wrong = files.filter(
    (path) => within(path, 'src/domain/') && /from 'node:|process\.|Date\.now\(\)|new Date\(\)/.test(codeOf(path)),
  )
  assert.deepEqual(wrong, [])
})

test('settings come from the environment in config.ts only', () => {
  // Running PostgreSQL needs the PATH of the machine; the commands hand the environment over and report what failed.
  const readers = ['src/config.ts', 'src/main.ts', 'src/rotateKey.ts', 'src/store/embedded/postmaster.ts']
  const wrong = files.filter(
    (path) => path.startsWith('src/') && !readers.includes(path) && /process\.env/.test(codeOf(path)),
  )
  assert.deepEqual(wrong, [])
})

test(`no file has more than ${LONGEST_FILE} lines: a longer one has a second noun in it`, () => {
  const long = files
    .filter((path) => path !== 'src/store/tables.ts')
    .map((path) => [path, codeOf(path).split('\n').length - 1] as const)
    .filter(([, lines]) => lines > LONGEST_FILE)
  assert.deepEqual(long, [])
})

function codeOf(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
