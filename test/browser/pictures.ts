/**
 * Makes the pictures of README.md and docs anew, from what story.test.ts sees on its way: `npm run pictures`. Look at
 * them before they are committed.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { openBrowser } from './browser.ts'

const images = resolve(import.meta.dirname, '../../docs/images')

const SHOWN = [
  'connect',
  'desk-answered',
  'desk-ringing',
  'desk-why',
  'forwarding-codes',
  'number-calls',
  'number-test',
  'number-text',
  'numbers',
  'phone-not-texted',
  'phone-reply',
  'phone-thread',
  'today',
]

/** A page with a few pictures is then read in a second on a slow line. */
const LARGEST_BYTES = 150_000

const shots = await mkdtemp(join(tmpdir(), 'textback-pictures-'))
process.env.SHOTS = shots
await import('./story.test.ts')

test('the pictures are small enough for a page', async (t) => {
  t.after(() => rm(shots, { recursive: true }))
  const browser = await openBrowser(t)
  const page = await browser.newPage()
  for (const name of SHOWN) {
    const png = await readFile(join(shots, `${name}.png`))
    // A third of the PNG, and nobody sees the difference.
    const webp = await page.evaluate(async (base64) => {
      const image = new Image()
      image.src = `data:image/png;base64,${base64}`
      await image.decode()
      const canvas = document.createElement('canvas')
      canvas.width = image.width
      canvas.height = image.height
      canvas.getContext('2d')?.drawImage(image, 0, 0)
      return canvas.toDataURL('image/webp', 0.85)
    }, png.toString('base64'))
    const [kind, encoded] = webp.split(',')
    assert.equal(kind, 'data:image/webp;base64')
    const small = Buffer.from(encoded ?? '', 'base64')
    assert.ok(small.length < LARGEST_BYTES, `${name} has ${small.length} bytes`)
    await writeFile(join(images, `${name}.webp`), small)
  }
})
