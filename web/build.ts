/**
 * Builds the web app into dist/web, when what it is made of has changed since the last time (`--watch`: at every
 * change). Run by bin/start, bin/dev and bin/test through bin/_build.
 */
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const root = resolve(import.meta.dirname, '..')
const out = join(root, 'dist/web')
const madeOf = [
  'web/**/*.{ts,tsx,css,html,js,svg,png}',
  'src/http/shapes/*.ts',
  'src/domain/*.ts',
  'vite.config.ts',
  'package-lock.json',
]

/** A hash of the sources' content: a checkout or a copy changes the times of files, but not their content. */
function fingerprint(): string {
  const hash = createHash('sha256')
  for (const path of globSync(madeOf, { cwd: root }).sort()) hash.update(path).update(readFileSync(join(root, path)))
  return hash.digest('hex')
}

async function build(): Promise<void> {
  const stamp = fingerprint()
  if (existsSync(join(out, '.stamp')) && readFileSync(join(out, '.stamp'), 'utf8') === stamp) return
  const started = performance.now()
  process.stderr.write('Building the web app (only after a change) …\n')
  const vite = await import('vite')
  // Built beside and then renamed, so that no visitor gets half an app and two builds at once do no harm.
  const fresh = `${out}.${process.pid}`
  try {
    await vite.build({
      configFile: join(root, 'vite.config.ts'),
      root: join(root, 'web'),
      logLevel: 'warn',
      build: { outDir: fresh },
    })
    await compress(fresh)
    await writeFile(join(fresh, '.stamp'), stamp)
    await rm(out, { recursive: true, force: true })
    await rename(fresh, out)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  process.stderr.write(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s.\n`)
}

/** Compresses each file as .br and .gz at the best level: done once, sent many times. */
async function compress(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true })
  await Promise.all(
    names
      .filter((name) => /\.(js|css|html|svg)$/.test(name))
      .map(async (name) => {
        const path = join(folder, name)
        const bytes = await readFile(path)
        const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
        await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, { params }))
        await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }))
      }),
  )
}

async function watch(): Promise<void> {
  const vite = await import('vite')
  await vite.build({
    configFile: join(root, 'vite.config.ts'),
    root: join(root, 'web'),
    logLevel: 'info',
    build: { watch: {}, minify: false },
  })
}

try {
  await (process.argv.includes('--watch') ? watch() : build())
} catch (error) {
  // Vite reports what it found at length; our own stack would push it off the screen.
  console.error((error as Error).message)
  process.exit(1)
}
