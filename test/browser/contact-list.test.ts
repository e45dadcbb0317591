import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { CALLER, MAIN } from '../world.ts'
import { axe, DESKTOP, openBrowser, openPage, PHONE, shot, signInOnce, startProduct } from './browser.ts'

const PAGE = 40
/** More than a page of the list. */
const MANY = 60

test('Contacts', async (t) => {
  const world = await startProduct(t)
  const browser = await openBrowser(t)
  const { url, api } = world
  const signedIn = await signInOnce(t, browser, url)
  const open = (t: TestContext, options: BrowserContextOptions = {}) =>
    openPage(t, browser, { storageState: signedIn, ...options })

  await t.test('teaches while it is empty, then shows live who calls', async (t) => {
    const page = await open(t)
    await page.goto(`${url}/today`)
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('p')
    await page.waitForURL('**/contacts')
    await page.getByRole('heading', { name: 'No contacts yet' }).waitFor()
    await axe(page)
    await shot(page, 'contacts-empty')
    await world.missedCall(CALLER, MAIN)
    await page.getByRole('link', { name: '(312) 555-0143' }).waitFor()
  })

  await t.test('adds somebody, says what is wrong where it is wrong, and who has the phone already', async (t) => {
    const page = await open(t)
    page.expectFault(/status of 4\d\d/)
    await page.goto(`${url}/contacts`)
    await page.getByRole('link', { name: '(312) 555-0143' }).waitFor()
    await page.keyboard.press('n')
    const dialog = page.getByRole('dialog', { name: 'New contact' })
    await dialog.getByLabel('Phone').fill('555')
    await page.keyboard.press('Enter')
    await dialog.getByText(/^Phone is .*\.$/).waitFor()
    await axe(page)
    await shot(page, 'contacts-new-wrong')

    await dialog.getByLabel('Phone').fill('(312) 555-0143')
    await page.keyboard.press('Enter')
    await dialog.getByText('Phone belongs to another contact.').waitFor()
    await dialog.getByRole('link', { name: 'Open (312) 555-0143' }).waitFor()
    await axe(page)
    await shot(page, 'contacts-new-taken')
    await dialog.getByRole('link', { name: 'Open (312) 555-0143' }).click()
    await page.getByRole('heading', { level: 1, name: '(312) 555-0143' }).waitFor()

    await page.getByRole('button', { name: 'Back' }).click()
    await page.getByRole('button', { name: 'New contact' }).click()
    await dialog.getByLabel('Name').fill('Dana Whitfield')
    await dialog.getByLabel('Phone').fill('312 555 0144')
    await dialog.getByRole('button', { name: 'Add contact' }).click()
    await page.getByRole('heading', { level: 1, name: 'Dana Whitfield' }).waitFor()
    await page.getByRole('button', { name: 'Back' }).click()
    await page.getByRole('row').nth(1).getByRole('link', { name: 'Dana Whitfield' }).waitFor()
    const { data } = await api('GET', '/contacts?search=dana')
    assert.equal(data[0].phone, '+13125550144')
  })

  await t.test('finds by name, phone and tag, which are in the address', async (t) => {
    const { data } = await api('GET', '/contacts?search=dana')
    await api('PATCH', `/contacts/${data[0].id}`, { addTags: ['furnace', '2026'] })
    await api('POST', '/opt-outs', { phone: '+13125550144' })
    const page = await open(t)
    await page.goto(`${url}/contacts`)
    await rows(page, 2)
    await page.getByRole('row').filter({ hasText: 'Dana' }).getByText('Opted out').filter({ visible: true }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('0143')
    await rows(page, 1)
    assert.match(page.url(), /search=.*0143/)
    await page.getByRole('searchbox').fill('nobody')
    await page.getByRole('heading', { name: 'Nobody fits' }).waitFor()
    await axe(page)
    await page.getByRole('button', { name: 'Show everybody' }).click()
    await rows(page, 2)
    await page.getByRole('link', { name: 'Tag 2026' }).click()
    await rows(page, 1)
    await page.reload()
    await rows(page, 1)
    await page.getByRole('button', { name: 'Only tagged “2026”' }).click()
    await rows(page, 2)
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Dana Whitfield' }).waitFor()
  })

  await t.test('goes on below its first page', async (t) => {
    const names = Array.from({ length: MANY }, (_, index) => `Person ${index}`)
    for (const [index, name] of names.entries())
      await api('POST', '/contacts', { phone: `+14155550${100 + index}`, name })
    const page = await open(t)
    await page.goto(`${url}/contacts`)
    await page
      .getByRole('row')
      .nth(1)
      .getByText(`Person ${MANY - 1}`)
      .waitFor()
    await page.getByRole('row').nth(1).hover()
    await page.mouse.wheel(0, 20_000)
    await rows(page, MANY + 2)
  })

  await t.test('fetches the next page before its end is on the screen', async (t) => {
    for (const viewport of [DESKTOP, PHONE]) {
      const page = await open(t, { viewport, hasTouch: viewport === PHONE })
      await page.goto(`${url}/contacts`)
      await rows(page, PAGE)
      const main = page.getByRole('main')
      const more = page.getByRole('button', { name: 'Show more' })
      const isBelow = () =>
        more.evaluate(
          (button) => button.getBoundingClientRect().top - button.closest('main')!.getBoundingClientRect().bottom,
        )
      assert.ok((await isBelow()) > 600, 'far below it is not fetched')
      await main.evaluate((main) => main.scrollTo(0, main.scrollHeight - main.clientHeight - 300))
      await rows(page, MANY + 2)
      await page.context().close()
    }
  })

  await t.test('is under More on a phone', async (t) => {
    const page = await open(t, { viewport: PHONE, hasTouch: true })
    await page.goto(`${url}/today`)
    await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'More' }).tap()
    await page.getByRole('dialog').getByRole('link', { name: 'Contacts' }).tap()
    await page.getByRole('heading', { level: 1, name: 'Contacts' }).waitFor()
    await page.getByRole('searchbox').fill('dana')
    await rows(page, 1)
    await page.getByRole('link', { name: 'Dana Whitfield' }).tap()
    await page.getByRole('heading', { level: 1, name: 'Dana Whitfield' }).waitFor()
  })

  await t.test('fits every screen, light and dark', async (t) => {
    const { data } = await api('GET', '/contacts?limit=4')
    const long = 'Wolfeschlegelsteinhausenbergerdorff Heating and Air Conditioning of Greater Washington'
    await api('PATCH', `/contacts/${data[0].id}`, { name: long, addTags: [long.slice(0, 60), 'furnace', 'warranty'] })
    await api('PATCH', `/contacts/${data[1].id}`, { addTags: ['furnace', 'yearly service'] })
    await api('POST', '/opt-outs', { phone: data[1].phone })
    for (const viewport of [DESKTOP, PHONE])
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await open(t, { viewport, colorScheme, hasTouch: viewport === PHONE })
        await page.goto(`${url}/contacts`)
        await page.getByRole('link', { name: long }).waitFor()
        await axe(page)
        await shot(page, `contacts-${viewport.width}-${colorScheme}`)
        const width = await page.evaluate(() => document.documentElement.scrollWidth)
        assert.equal(width, viewport.width, 'nothing is wider than the screen')
        await page.context().close()
      }
  })
})

/** Waits until the list has this many. */
const rows = (page: Page, count: number) =>
  page.waitForFunction((count) => document.querySelectorAll('a[data-contact]').length === count, count)
