import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import type { Locator } from 'playwright-core'
import { CALLER, MAIN, until } from '../world.ts'
import { axe, DESKTOP, openBrowser, openPage, PHONE, shot, signIn, startProduct } from './browser.ts'

const LARGEST_FIRST_LOAD = 250_000

const screens: [path: string, title: string][] = [
  ['/today', 'Today'],
  ['/inbox', 'Inbox'],
  ['/leads', 'Leads'],
  ['/calls', 'Calls'],
  ['/contacts', 'Contacts'],
  ['/numbers', 'Numbers'],
  ['/numbers/connect', 'Connect a carrier'],
  ['/simulator', 'Simulator'],
  ['/settings/business', 'Business'],
  ['/settings/closing', 'Close this business'],
  ['/settings/people', 'People'],
  ['/settings/carriers', 'Carriers'],
  ['/settings/pipeline', 'Pipeline'],
  ['/settings/canned-replies', 'Canned replies'],
  ['/settings/opt-outs', 'Opt-outs'],
  ['/settings/lists', 'Exclude and block'],
  ['/settings/api-keys', 'API keys'],
  ['/settings/audit', 'Audit log'],
]

const NOBODY = '00000000-0000-7000-8000-000000000000'

const gone: [path: string, what: string, list: string][] = [
  [`/inbox/${NOBODY}`, 'conversation', 'Inbox'],
  ['/numbers/+12025550199', 'number', 'Numbers'],
  [`/contacts/${NOBODY}`, 'person', 'Contacts'],
  [`/calls?call=${NOBODY}`, 'call', 'Calls'],
]

test('the web app around its screens', async (t) => {
  const world = await startProduct(t)
  const { url, ask, api } = world
  const browser = await openBrowser(t)

  await t.test('is served with a strict content security policy, compressed, and cached by content', async () => {
    const html = await ask('GET', '/calls?outcome=missed', undefined, { accept: 'text/html' })
    assert.equal(html.status, 200)
    const policy = html.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/)
    assert.doesNotMatch(policy, /unsafe/)
    assert.equal(html.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(html.headers.get('cache-control'), 'public, max-age=0')
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html.body)![1]!
    const asset = await ask('GET', script, undefined, { 'accept-encoding': 'br' })
    assert.equal(asset.headers.get('content-encoding'), 'br')
    assert.match(asset.headers.get('cache-control') ?? '', /max-age=31536000, immutable/)
  })

  await t.test('does not answer programs with a page', async () => {
    for (const [path, accept] of [
      ['/api/v1/nothing', 'text/html'],
      ['/hooks/nothing', 'text/html'],
      ['/nothing', 'application/json'],
      ['/assets/nothing.js', '*/*'],
    ] as const) {
      const answer = await ask('GET', path, undefined, { accept })
      assert.equal(answer.status, 404, path)
      assert.equal(answer.body.title, 'No such page')
    }
  })

  await t.test('every screen opens at 1440 and 390 px, light and dark, and axe finds nothing', async (t) => {
    for (const [viewport, colorScheme, size] of [
      [DESKTOP, 'light', 'wide-light'],
      [PHONE, 'dark', 'phone-dark'],
      [DESKTOP, 'dark', 'wide-dark'],
      [PHONE, 'light', 'phone-light'],
    ] as const) {
      const page = await openPage(t, browser, { viewport, colorScheme, hasTouch: viewport === PHONE })
      await signIn(page, url)
      for (const [path, title] of screens) {
        await page.goto(url + path)
        await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
        assert.equal(await page.title(), `${title} · Textback`)
        await axe(page)
        await shot(page, `${size}${path.replaceAll('/', '-')}`)
      }
      await page.context().close()
    }
  })

  await t.test('has its places at the left of a wide screen', async (t) => {
    const page = await openPage(t, browser)
    page.expectFault(/status of 401/) // requests under way at the sign-out
    await signIn(page, url)
    const nav = page.getByRole('navigation', { name: 'Main' })
    await nav.getByRole('link', { name: 'Calls' }).click()
    await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor()
    assert.equal(await nav.getByRole('link', { name: 'Calls' }).getAttribute('aria-current'), 'page')
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'main', 'the focus follows')
    await page.keyboard.press('g')
    await page.keyboard.press('n')
    await page.waitForURL('**/numbers')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await axe(page)
    await page.keyboard.press('Escape')
    await nav.getByRole('button', { name: /Mike/ }).click()
    await page.getByRole('menuitemradio', { name: 'Dark' }).click()
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).colorScheme), 'dark')
    await page.reload()
    await page.getByRole('heading', { name: 'Numbers', exact: true }).waitFor()
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark', 'it is remembered')
    await nav.getByRole('button', { name: /Mike/ }).click()
    await axe(page)
    await page.getByRole('menuitem', { name: 'Sign out', exact: true }).click()
    await page.waitForURL('**/sign-in')
  })

  await t.test('has them below a phone’s screen, the rest under More', async (t) => {
    const page = await openPage(t, browser, { viewport: PHONE, hasTouch: true })
    await signIn(page, url)
    const nav = page.getByRole('navigation', { name: 'Main' })
    await nav.getByRole('link', { name: 'Inbox' }).tap()
    await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor()
    await nav.getByRole('button', { name: 'More' }).tap()
    const more = page.getByRole('dialog', { name: 'Acme HVAC' })
    await more.waitFor()
    await axe(page)
    await shot(page, 'phone-more')
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('nav a, nav button, [role=dialog] a, [role=dialog] button')]
        .filter((target) => target.checkVisibility() && target.getBoundingClientRect().height < 40)
        .map((target) => target.outerHTML),
    )
    assert.deepEqual(small, [], 'a thumb can hit them')
    await more.getByRole('link', { name: 'Settings' }).tap()
    await page
      .getByRole('main')
      .getByRole('link', { name: /API keys/ })
      .tap()
    await page.getByRole('heading', { name: 'API keys', exact: true }).waitFor()
    await page.getByRole('link', { name: 'Back' }).tap()
    await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    assert.equal(width, PHONE.width, 'nothing is wider than the screen')
  })

  await t.test('goes anywhere by the palette', async (t) => {
    const page = await openPage(t, browser)
    page.expectFault(/status of 404/)
    await signIn(page, url)
    await page.keyboard.press('Control+k')
    const palette = page.getByRole('dialog', { name: 'Search and commands' })
    await palette.getByRole('combobox').fill('sim')
    await axe(page)
    await palette.getByRole('combobox').fill('lea')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/leads')
    await palette.waitFor({ state: 'detached' })
  })

  await t.test('has what one can do here before the places, however one came', async (t) => {
    await world.missedCall(CALLER, MAIN)
    const conversation = await until(async () => (await api('GET', '/conversations')).data[0], 'a conversation')
    const page = await openPage(t, browser)
    await signIn(page, url)
    await page.goto(`${url}/inbox/${conversation.id}`)
    await page.getByRole('heading', { level: 1, name: '(312) 555-0143' }).waitFor()
    await page.keyboard.press('Control+k')
    const palette = page.getByRole('dialog', { name: 'Search and commands' })
    const groups = palette.getByRole('group')
    await groups.first().waitFor()
    assert.equal(await groups.count(), 3)
    assert.match((await groups.last().textContent()) ?? '', /^Today/)
    await palette.getByRole('option', { name: 'Reply' }).waitFor()
    assert.ok(await isInSight(palette.getByRole('option', { name: 'Snooze' })), 'without scrolling')
    await shot(page, 'palette-on-a-conversation')
  })

  await t.test('says what happened at an address where nothing is', async (t) => {
    const page = await openPage(t, browser)
    await signIn(page, url)
    for (const viewport of [DESKTOP, PHONE]) {
      await page.setViewportSize(viewport)
      await page.goto(`${url}/nowhere`)
      await page.getByRole('heading', { name: 'There is nothing here' }).waitFor()
      await axe(page)
      await shot(page, `nowhere-${viewport.width}`)
    }
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Inbox' }).click()
    await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor()
    await page.goto(`${url}/settings/nowhere`)
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor()
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
  })

  await t.test('says what is gone, and leads back to its list', async (t) => {
    for (const [viewport, colorScheme] of [
      [DESKTOP, 'light'],
      [PHONE, 'dark'],
    ] as const) {
      const page = await openPage(t, browser, { viewport, colorScheme })
      page.expectFault(/status of 404/)
      await signIn(page, url)
      for (const [path, what, list] of gone) {
        await page.goto(url + path)
        const alert = page.getByRole('alert')
        await alert.getByRole('heading', { name: `This ${what} is gone, or belongs to another business` }).waitFor()
        assert.equal(await alert.getByRole('button').count(), 0, 'nothing to try again')
        await axe(page)
        await shot(page, `gone-${what}-${viewport.width}`)
        await alert.getByRole('link', { name: `Back to ${list}` }).click()
        await page.getByRole('heading', { level: 1, name: list, exact: true }).waitFor()
      }
    }
  })

  await t.test('says that it is not live while the feed is away, and recovers', async (t) => {
    const page = await openPage(t, browser)
    page.expectFault(/ERR_|Failed to load/)
    await signIn(page, url)
    await page.context().setOffline(true)
    await page.route('**/api/v1/live', (route) => route.abort())
    await page.reload().catch(() => {})
    await page.context().setOffline(false)
    await page.goto(`${url}/today`)
    await page.getByText('Not live: reconnecting').waitFor()
    await page.unroute('**/api/v1/live')
    await page.getByText('Not live: reconnecting').waitFor({ state: 'detached' })
  })

  await t.test(`loads Today with less than ${LARGEST_FIRST_LOAD / 1000} kB of compressed JavaScript`, async (t) => {
    const page = await openPage(t, browser)
    await signIn(page, url)
    const scripts = new Set<string>()
    page.on('response', (answer) => {
      const { pathname } = new URL(answer.url())
      if (pathname.endsWith('.js')) scripts.add(pathname)
    })
    await page.goto(`${url}/today`)
    await page.getByRole('heading', { name: 'Today', exact: true }).waitFor()
    const dist = resolve(import.meta.dirname, '../../dist/web')
    const sizes = await Promise.all([...scripts].map((path) => readFile(join(dist, `${path}.br`))))
    const bytes = sizes.reduce((sum, file) => sum + file.length, 0)
    t.diagnostic(`${(bytes / 1000).toFixed(0)} kB in ${scripts.size} files`)
    assert.ok(bytes > 0 && bytes < LARGEST_FIRST_LOAD, `${bytes} bytes`)
  })
})

/** Whether the row is inside the visible part of its list. */
const isInSight = (row: Locator) =>
  row.evaluate((row) => {
    const list = row.closest('[role=listbox]')!.getBoundingClientRect()
    return row.getBoundingClientRect().bottom <= list.bottom
  })
