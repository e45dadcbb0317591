import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { CALLER, MAIN, until, type World } from '../world.ts'
import {
  axe,
  DESKTOP,
  openBrowser,
  openPage,
  PHONE,
  proveAddress,
  shot,
  signIn,
  startProduct,
  undo,
  wear,
} from './browser.ts'

const LARGEST_FIRST_LOAD = 250_000
const ANOTHER = '+13125550144'
const WRITER = '+13125550145'
const LATEST = '+13125550146'

test('Today', async (t) => {
  const world = await startProduct(t)
  const browser = await openBrowser(t)
  const { url } = world

  await t.test('is calm when everybody is answered, and teaches', async (t) => {
    const page = await openPage(t, browser)
    await signIn(page, url)
    await page.getByRole('heading', { name: 'Everybody is answered' }).waitFor()
    await axe(page)
    await shot(page, 'today-empty')
    await page.getByRole('link', { name: 'Test it in 60 seconds' }).click()
    await page.waitForURL(`**/numbers/${encodeURIComponent(MAIN)}?tab=test`)
  })

  await t.test('begins with a number for a business that has none', async (t) => {
    for (const viewport of [PHONE, DESKTOP]) {
      const page = await openPage(t, browser, { viewport, hasTouch: viewport === PHONE })
      await page.goto(`${url}/sign-up`)
      await page.getByLabel('Your name').fill('Dana')
      await page.getByLabel('Business name').fill('Dana’s Roofs')
      await page.getByLabel('Email').fill(`dana-${viewport.width}@roofs.test`)
      await page.getByLabel('Password').fill('danas-password')
      await page.getByRole('button', { name: 'Create account' }).click()
      await proveAddress(page, world, `dana-${viewport.width}@roofs.test`, 'danas-password')
      await page.getByRole('heading', { name: 'Connect your first number' }).waitFor()
      assert.equal(await page.getByText('Everybody is answered').count(), 0)
      await axe(page)
      await shot(page, `today-no-number-${viewport.width}`)
      await page.getByRole('link', { name: 'Add a number' }).click()
      await page.waitForURL('**/numbers/connect')
    }
  })

  await t.test('shows live who waits, since when, and whether they were texted', async (t) => {
    const page = await openPage(t, browser, { viewport: PHONE, hasTouch: true })
    await signIn(page, url)
    await page.getByRole('heading', { name: 'Everybody is answered' }).waitFor()
    await missAndAnswer(world, CALLER, 'Hello, my heater is out. Can you come today?')
    const row = rowOf(page, '(312) 555-0143')
    await row.getByText('my heater is out').waitFor()
    await row.getByText('Texted back').waitFor()
    await row.getByText('waiting a moment').waitFor()
    assert.equal(await row.getByRole('link', { name: /^Call/ }).getAttribute('href'), `tel:${CALLER}`)
    await page.getByText('one text left').waitFor()

    await world.api('POST', '/opt-outs', { phone: ANOTHER })
    await world.missedCall(ANOTHER, MAIN)
    await page.getByText('Not texted: they opted out').waitFor()
    await page.getByRole('heading', { name: '2 people wait for you' }).waitFor()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    assert.equal(width, PHONE.width, 'nothing is wider than the screen')
  })

  await t.test('looks right to axe in both themes and sizes', async (t) => {
    for (const viewport of [PHONE, DESKTOP]) {
      const page = await openPage(t, browser, { viewport, hasTouch: viewport === PHONE })
      await signIn(page, url)
      await page.getByRole('heading', { name: '2 people wait for you' }).waitFor()
      for (const colorScheme of ['light', 'dark'] as const) {
        await wear(page, colorScheme)
        await axe(page)
        await shot(page, `today-${viewport.width}-${colorScheme}`)
      }
    }
  })

  await t.test('says so when something does not move by itself', async (t) => {
    for (const viewport of [PHONE, DESKTOP]) {
      const page = await openPage(t, browser, { viewport, hasTouch: viewport === PHONE })
      let leftBehind: object | null = { texts: 3, calls: 1, since: new Date(Date.now() - 90_000).toISOString() }
      await page.route('**/api/v1/today', async (route) => {
        const answer = await route.fetch()
        await route.fulfill({ response: answer, json: { ...(await answer.json()), leftBehind } })
      })
      await signIn(page, url)
      const alert = page.getByRole('alert', { name: 'Something does not move' })
      await alert.getByText('3 texts have not left, and one call is undecided since').waitFor()
      await axe(page)
      await shot(page, `today-left-behind-${viewport.width}`)
      leftBehind = null
      await page.reload()
      await page.getByRole('heading', { name: '2 people wait for you' }).waitFor()
      assert.equal(await alert.count(), 0)
    }
  })

  await t.test('leads to the reply with one tap', async (t) => {
    const page = await openPage(t, browser)
    await signIn(page, url)
    await page.getByRole('link', { name: 'Reply to (312) 555-0143' }).click()
    await page.waitForURL('**/inbox/*?reply=true')
  })

  await t.test('is done with one, and takes it back', async (t) => {
    const page = await openPage(t, browser)
    await signIn(page, url)
    const row = rowOf(page, '(312) 555-0143')
    await page.getByRole('heading', { name: '2 people wait for you' }).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('e')
    await row.waitFor({ state: 'detached' })
    await page.getByText('Done with (312) 555-0143').first().waitFor()
    const closed = async () => (await world.api('GET', '/conversations?status=closed')).data.length
    assert.equal(await closed(), 1)
    await undo(page, 'Done with (312) 555-0143')
    await row.waitFor()
    await until(async () => (await closed()) === 0)
  })

  await t.test('keys mean the row that has the focus, and nobody without one', async (t) => {
    const page = await openPage(t, browser)
    await signIn(page, url)
    const person = (phone: string) => rowOf(page, phone).getByRole('link', { name: phone, exact: true })
    const focused = (phone: string) => until(() => person(phone).evaluate((link) => link === document.activeElement))
    const closed = async () => (await world.api('GET', '/conversations?status=closed')).data.length
    await page.getByRole('heading', { name: '2 people wait for you' }).waitFor()
    await page.keyboard.press('e')
    await page.keyboard.press('r')
    await page.keyboard.press('k')
    await focused('(312) 555-0143')
    await page.keyboard.press('j')
    await focused('(312) 555-0144')
    await page.keyboard.press('e')
    await rowOf(page, '(312) 555-0144').waitFor({ state: 'detached' })
    await focused('(312) 555-0143')
    await until(async () => (await closed()) === 1)
    await undo(page, 'Done with (312) 555-0144')
    await focused('(312) 555-0144')

    await page.keyboard.press('k')
    await focused('(312) 555-0143')
    await page.keyboard.press('e')
    await focused('(312) 555-0144')
    await page.keyboard.press('e')
    await page.getByRole('heading', { name: 'Everybody is answered' }).waitFor()
    await until(async () => (await closed()) === 2)
    await undo(page, 'Done with (312) 555-0143')
    await focused('(312) 555-0143')
    await undo(page, 'Done with (312) 555-0144')
    await focused('(312) 555-0144')
    await until(async () => (await closed()) === 0)
  })

  await t.test('owns up when being done did not work, and keeps them waiting', async (t) => {
    const page = await openPage(t, browser)
    page.expectFault(/ERR_|status of 5/)
    await signIn(page, url)
    const row = rowOf(page, '(312) 555-0143')
    await page.route('**/api/v1/conversations/*', (route) => route.abort())
    await row.getByRole('button', { name: /^Done with/ }).click()
    await page.getByText('Textback cannot be reached').first().waitFor()
    await row.waitFor()
  })

  await t.test('shows the day’s and the week’s numbers', async (t) => {
    const page = await openPage(t, browser)
    await signIn(page, url)
    await page.getByText('of 2 missed').waitFor()
    await page.getByRole('radio', { name: 'Last 7 days' }).click()
    await page.waitForURL('**/today?over=week')
    await page.getByText('caller wrote back').waitFor()
  })

  await t.test('says how fast texts leave, and of a few no more than the half and the slowest', async (t) => {
    const page = await openPage(t, browser)
    let texts = 7
    await page.route('**/api/v1/today', async (route) => {
      const answer = await route.fetch()
      const hangUpToTextSeconds = { median: 0.24, p95: 2.9, slowest: 3.1, texts }
      await route.fulfill({ response: answer, json: { ...(await answer.json()), hangUpToTextSeconds } })
    })
    await signIn(page, url)
    await page
      .getByText('half of your texts left within 0.2 s of the hang-up, the slowest after 3.1 s (7 texts)')
      .waitFor()
    texts = 20
    await page.reload()
    await page.getByText('95 of 100 within 2.9 s (20 texts measured)').waitFor()
  })

  await t.test('says what happened when it cannot be shown, and tries again', async (t) => {
    const page = await openPage(t, browser)
    page.expectFault(/status of 429/)
    const fail = (route: { fulfill(answer: object): Promise<void> }) =>
      route.fulfill({ status: 429, json: { title: 'Too many questions', status: 429, detail: 'Wait a minute.' } })
    await page.route('**/api/v1/today', fail)
    await signIn(page, url)
    await page.getByRole('alert').filter({ hasText: 'Too many questions' }).waitFor()
    await axe(page)
    await page.unroute('**/api/v1/today')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: '2 people wait for you' }).waitFor()
  })

  await t.test(`loads with less than ${LARGEST_FIRST_LOAD / 1000} kB of compressed JavaScript`, async (t) => {
    const page = await openPage(t, browser)
    await signIn(page, url)
    const scripts = new Set<string>()
    page.on('response', (answer) => {
      const { pathname } = new URL(answer.url())
      if (pathname.endsWith('.js')) scripts.add(pathname)
    })
    await page.goto(`${url}/today`)
    await page.getByRole('heading', { name: '2 people wait for you' }).waitFor()
    await page.waitForLoadState('networkidle')
    const dist = resolve(import.meta.dirname, '../../dist/web')
    const sizeOf = async (ending: string) => {
      const files = await Promise.all([...scripts].map((path) => readFile(join(dist, `${path}.${ending}`))))
      return files.reduce((sum, file) => sum + file.length, 0)
    }
    const bytes = await sizeOf('gz')
    t.diagnostic(
      `${(bytes / 1000).toFixed(0)} kB gzip, ${((await sizeOf('br')) / 1000).toFixed(0)} kB brotli, ${scripts.size} files`,
    )
    assert.ok(bytes > 0 && bytes < LARGEST_FIRST_LOAD, `${bytes} bytes`)
  })

  await t.test('has missed calls before texts, the longest wait first in each, and says how many more', async (t) => {
    await world.network('POST', '/messages', { from: WRITER, to: MAIN, body: 'Do you service boilers?' })
    await until(async () => (await world.api('GET', '/today')).waitingCount === 3)
    await world.missedCall(LATEST, MAIN)
    await until(async () => (await world.api('GET', '/today')).waitingCount === 4)
    const page = await openPage(t, browser)
    await page.route('**/api/v1/today', async (route) => {
      const answer = await route.fetch()
      const today = await answer.json()
      await route.fulfill({ response: answer, json: { ...today, waitingCount: today.waitingCount + 3 } })
    })
    await signIn(page, url)
    await page.getByRole('heading', { name: '7 people wait for you' }).waitFor()
    const section = page.getByRole('region', { name: '7 people wait for you' })
    const said = await section.locator('h3, a[data-person]').allTextContents()
    assert.deepEqual(said, [
      'Missed calls',
      '(312) 555-0143',
      '(312) 555-0144',
      '(312) 555-0146',
      'Texts',
      '(312) 555-0145',
    ])
    await axe(page)
    await shot(page, 'today-groups')
    await page.getByRole('link', { name: '3 more wait in the inbox' }).click()
    await page.waitForURL('**/inbox?view=waiting')
  })
})

/** Inside `main`, because a toast is a list item too. */
const rowOf = (page: Page, phone: string) => page.getByRole('main').getByRole('listitem').filter({ hasText: phone })

/** A missed call, whose caller replies to the text. */
async function missAndAnswer(world: World, from: string, body: string): Promise<void> {
  await world.missedCall(from, MAIN)
  await world.textsOn(from)
  await world.network('POST', '/messages', { from, to: MAIN, body })
}
