import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import type { TestContext } from 'node:test'
import type { AxeResults } from 'axe-core'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { linkTo } from '../session.ts'
import { startWorld, type World } from '../world.ts'

const root = resolve(import.meta.dirname, '../..')
const require = createRequire(import.meta.url)

export const PHONE = { width: 390, height: 844 }
export const DESKTOP = { width: 1440, height: 900 }

/** Much longer than anything takes: a busy machine must not fail a test, and one that fails may take its time. */
const WAIT_MS = 30_000

/** The whole of Textback with its web app, which bin/test has built. See test/world.ts for who is in it. */
export async function startProduct(t: TestContext, options: Parameters<typeof startWorld>[1] = {}) {
  if (!existsSync(join(root, 'dist/web/index.html'))) throw new Error('The web app is not built: node web/build.ts')
  return startWorld(t, { mikeSignsIn: true, ...options })
}

/** A browser that ends with the test: the machine's Chromium, or the one from the npm package. */
export async function openBrowser(t: TestContext): Promise<Browser> {
  const { executablePath, env } = await findChromium()
  const browser = await chromium.launch({
    executablePath,
    env,
    args: [
      '--no-sandbox', // which root, and most containers, cannot have
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  })
  t.after(() => browser.close())
  return browser
}

/**
 * A page of its own session. `faults` gathers what no page may have: errors, and what the content security policy
 * refused. The test fails at its end when there is any, except for those that `expectFault` has allowed.
 */
export async function openPage(t: TestContext, browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(WAIT_MS)
  if (process.env.SLOW_NETWORK) await slowDown(context)
  const faults: string[] = []
  const expected: RegExp[] = []
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      faults.push(`${message.type()}: ${message.text()} (${message.location().url})`)
  })
  t.after(async () => {
    await context.close()
    const unexpected = faults.filter((fault) => !expected.some((pattern) => pattern.test(fault)))
    if (unexpected.length > 0) throw new Error(`The browser complained:\n${unexpected.join('\n')}`)
  })
  return Object.assign(page, { faults, expectFault: (pattern: RegExp) => expected.push(pattern) })
}

/**
 * Every answer of the API takes 0.1 to 1.3 s, and they come in another order: `SLOW_NETWORK=1 bin/test test/browser/*`
 * finds what works only because a machine is fast, in the screens and in the tests.
 */
async function slowDown(context: BrowserContext): Promise<void> {
  await context.route(/\/api\/v1\/(?!live)/, async (route) => {
    await new Promise((done) => setTimeout(done, 100 + Math.random() * 1200))
    await route.continue().catch(() => {}) // its page may be gone
  })
}

/** Signs in by the form, as Mike of Acme HVAC. The page is on Today then. */
export async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/sign-in`)
  await page.getByLabel('Email').fill('mike@acme.test')
  await page.getByLabel('Password').fill('mikes-password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/today')
  // The keys work from when it is there.
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
}

/** Opens the link of a sign-up in the mail and types the password again. */
export async function proveAddress(page: Page, world: World, email: string, password: string): Promise<void> {
  await page.getByRole('heading', { name: 'Look into your mail' }).waitFor()
  await page.goto(linkTo(world, email).href)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Continue' }).click()
}

/** The same once for a whole file: give it to openPage as `storageState`. */
export async function signInOnce(t: TestContext, browser: Browser, url: string) {
  const page = await openPage(t, browser)
  await signIn(page, url)
  const state = await page.context().storageState()
  await page.context().close()
  return state
}

/** Takes back what the toast says. By its words: that of the act before may still be there, or this one not yet. */
export async function undo(page: Page, said: string): Promise<void> {
  await page.getByRole('listitem').filter({ hasText: said }).getByRole('button', { name: 'Undo' }).last().click()
}

/** Puts the page into the other theme, and waits until every colour has changed. */
export async function wear(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.waitForFunction(() => document.getAnimations().length === 0)
}

/** Fails on anything that axe finds against WCAG 2.2 AA or its own best practices. */
export async function axe(page: Page): Promise<void> {
  // By evaluation, which is not subject to the page's content security policy.
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(await axeSource())
  // An open menu or tooltip is at the end of the body, in no landmark, and must be: its row may be clipped or moved.
  // To bring over what it found in order as well took longer than the looking.
  const violations = await page.evaluate<AxeResults['violations']>(
    `axe.run(document, { rules: { region: { enabled: !document.querySelector("[data-radix-popper-content-wrapper]") } } })
      .then(({ violations }) => violations)`,
  )
  if (violations.length === 0) return
  const found = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map((node) => `  ${node.html}\n  ${node.failureSummary}`).join('\n')}`,
  )
  throw new Error(`axe at ${page.url()}:\n${found.join('\n')}`)
}

/** A picture of the page into the folder that SHOTS names; nothing without it. */
export async function shot(page: Page, name: string): Promise<void> {
  if (!process.env.SHOTS) return
  await mkdir(process.env.SHOTS, { recursive: true })
  await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) })
}

const axeSource = () => readFile(require.resolve('axe-core/axe.min.js'), 'utf8')

async function findChromium(): Promise<{ executablePath: string; env: NodeJS.ProcessEnv }> {
  const installed = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
    .flatMap((name) => (process.env.PATH ?? '').split(':').map((folder) => join(folder, name)))
    .find((path) => existsSync(path))
  if (installed) return { executablePath: installed, env: process.env }
  const folder = await unpackChromium()
  const executablePath = join(folder, 'chromium')
  // The package brings the libraries that a machine without a browser may lack; the machine's own are better.
  const isWhole = !spawnSync('ldd', [executablePath], { encoding: 'utf8' }).stdout?.includes('not found')
  return {
    executablePath,
    env: isWhole ? process.env : { ...process.env, LD_LIBRARY_PATH: join(folder, 'al2023/lib') },
  }
}

/** Unpacks the package's Chromium once, beside and then renamed: several test files may come here at the same time. */
async function unpackChromium(): Promise<string> {
  const home = dirname(dirname(require.resolve('@sparticuz/chromium')))
  const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'))
  const folder = join(root, 'node_modules/.cache', `chromium-${version}`)
  if (existsSync(folder)) return folder
  await mkdir(dirname(folder), { recursive: true })
  const fresh = await mkdtemp(`${folder}-`)
  const { default: packed, inflate } = await import('@sparticuz/chromium')
  const tmpdir = process.env.TMPDIR
  try {
    // It unpacks into the temporary folder, without a way to say another.
    process.env.TMPDIR = fresh
    await packed.executablePath()
    await inflate(join(home, 'bin/al2023.tar.br'))
    await rename(fresh, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  } finally {
    process.env.TMPDIR = tmpdir
    if (tmpdir === undefined) delete process.env.TMPDIR
    await rm(fresh, { recursive: true, force: true })
  }
  return folder
}
