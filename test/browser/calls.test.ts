import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { CALLER, MAIN, SALES } from '../world.ts'
import { axe, DESKTOP, openBrowser, openPage, PHONE, shot, signIn, startProduct, wear } from './browser.ts'

const ANOTHER = '+13125550144'

test('Calls', async (t) => {
  const world = await startProduct(t)
  const browser = await openBrowser(t)
  const { url } = world

  await t.test('teaches when there is none, then shows calls live', async (t) => {
    const page = await openPage(t, browser)
    await open(page, url)
    await page.getByRole('heading', { name: 'No calls yet' }).waitFor()
    await axe(page)
    await world.missedCall(CALLER, MAIN)
    const row = page.getByRole('row').filter({ hasText: '(312) 555-0143' })
    await row.getByText('Texted back').waitFor()
    await row.getByText('Missed').waitFor()
    await row.getByText('Main line').waitFor()
    await world.api('POST', '/opt-outs', { phone: ANOTHER })
    await world.missedCall(ANOTHER, SALES)
    await page.getByText('Not texted: they opted out').waitFor()
    await world.missedCall('anonymous', MAIN)
    await page.getByText('Not texted: their number is hidden').waitFor()
  })

  await t.test('opens a call with every check and the text, and says why not', async (t) => {
    const page = await openPage(t, browser)
    await open(page, url)
    await rows(page, 3)
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    const sheet = page.getByRole('dialog', { name: 'Missed call' })
    await sheet.getByRole('heading', { name: 'Not texted: they opted out' }).waitFor()
    await sheet.getByText(/^Against it: The caller opted out of texts/).waitFor()
    await sheet.getByText('Nobody picked up.').waitFor()
    await sheet
      .getByRole('definition')
      .filter({ hasText: /^Telnyx \(alt\)$/ })
      .waitFor()
    await axe(page)
    await shot(page, 'calls-why-not')
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    assert.doesNotMatch(page.url(), /call=/)
    await page.getByRole('link', { name: '(312) 555-0143' }).click()
    await sheet.getByText('sorry we missed your call').waitFor()
    const phones = sheet.getByRole('list', { name: 'Phones that it rang' })
    await phones.getByText(/^Rang \(202\) 555-0111 for .*s: the caller hung up first$/).waitFor()
    await sheet.getByText(/Delivered|With the carrier|Sent/).waitFor()
    assert.equal(await sheet.getByRole('link', { name: 'Call back' }).getAttribute('href'), `tel:${CALLER}`)
    await axe(page)
    await shot(page, 'calls-texted')
    await page.reload()
    await sheet.getByText('sorry we missed your call').waitFor()
    await sheet.getByRole('link', { name: 'Person' }).click()
    await page.waitForURL('**/contacts/*')
  })

  await t.test('filters, and exports what it shows', async (t) => {
    const page = await openPage(t, browser)
    await open(page, url)
    await rows(page, 3)
    await page.getByLabel('Line').selectOption(SALES)
    await rows(page, 1)
    await page.getByLabel('Line').selectOption('')
    await page.getByLabel('Text-back').selectOption('skipped')
    await rows(page, 2)
    await page.getByLabel('Text-back').selectOption('anonymous')
    await rows(page, 1)
    await page.getByRole('row').getByText('Hidden number').waitFor()
    await page.getByLabel('Text-back').selectOption('sent')
    await page.getByLabel('Time', { exact: true }).selectOption('1')
    await rows(page, 1)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ])
    assert.equal(download.suggestedFilename(), 'calls.csv')
    const csv = (await readFile(await download.path(), 'utf8')).trim().split('\r\n')
    assert.equal(csv.length, 2)
    assert.match(csv[1]!, new RegExp(`'\\${CALLER}`), 'a spreadsheet takes the phone for text')
    await page.getByLabel('Time', { exact: true }).selectOption('dates')
    await page.getByLabel('To', { exact: true }).fill('2020-01-01')
    await page.getByLabel('From', { exact: true }).fill('2020-01-01')
    await page.getByRole('heading', { name: 'No call fits' }).waitFor()
    await axe(page)
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await rows(page, 3)
    await page.keyboard.press('/')
    await page.keyboard.type('0144')
    await rows(page, 1)
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await rows(page, 3)
    await page.getByRole('link', { name: '(312) 555-0143' }).click()
    await page.getByRole('link', { name: 'All their calls' }).click()
    await rows(page, 1)
    await page.getByRole('button', { name: 'Only calls of (312) 555-0143' }).click()
    await rows(page, 3)
  })

  await t.test('has its filters in a sheet on a phone', async (t) => {
    const page = await openPage(t, browser, { viewport: PHONE, hasTouch: true })
    await open(page, url)
    await page.getByRole('button', { name: 'Filters' }).tap()
    const sheet = page.getByRole('dialog', { name: 'Filters' })
    await sheet.getByLabel('Outcome').selectOption('answered')
    await axe(page)
    await shot(page, 'calls-filters')
    await sheet.getByRole('button', { name: 'Show calls' }).tap()
    await page.getByRole('heading', { name: 'No call fits' }).waitFor()
    await page.getByRole('button', { name: 'Clear the filters' }).tap()
    await rows(page, 3)
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    assert.equal(width, PHONE.width, 'nothing is wider than the screen')
  })

  await t.test('says of an older call the day and the clock, in the account’s zone', async (t) => {
    const at = ['2026-11-19T20:40:00Z', '2026-11-14T14:12:00Z', '2025-11-14T14:12:00Z']
    for (const viewport of [PHONE, { width: 640, height: 900 }, { width: 1024, height: 900 }, DESKTOP]) {
      const page = await openPage(t, browser, { viewport, timezoneId: 'Asia/Tokyo' })
      await page.clock.setFixedTime('2026-11-20T18:00:00Z')
      await page.route('**/api/v1/calls?*', async (route) => {
        const answer = await route.fetch()
        const { data, nextCursor } = await answer.json()
        const older = data.map((call: object, index: number) => ({ ...call, startedAt: at[index] }))
        await route.fulfill({ response: answer, json: { data: older, nextCursor } })
      })
      await open(page, url)
      await rows(page, 3)
      const times = page.getByRole('row').locator('time')
      const said = ['Yesterday, 3:40 PM', 'Nov 14, 9:12 AM', 'Nov 14, 2025, 9:12 AM']
      assert.deepEqual((await times.allTextContents()).map(plainSpaces), said)
      const isCut = await times.evaluateAll((all) =>
        all.some((time) => time.getBoundingClientRect().width > time.closest('td')!.getBoundingClientRect().width),
      )
      assert.equal(isCut, false, 'the column is as wide as its times')
      await shot(page, `calls-older-${viewport.width}`)
    }
  })

  await t.test('says so when a call is not there, or the log cannot be shown', async (t) => {
    const page = await openPage(t, browser)
    page.expectFault(/status of (404|429)/)
    await open(page, url)
    await page.goto(`${url}/calls?call=00000000-0000-4000-8000-000000000000`)
    await page.getByRole('dialog').getByRole('alert').waitFor()
    await page.keyboard.press('Escape')
    await page.route('**/api/v1/calls?*', (route) =>
      route.fulfill({ status: 429, json: { title: 'Too many questions', status: 429, detail: 'Wait a minute.' } }),
    )
    await page.goto(`${url}/calls?outcome=missed`)
    await page.getByRole('alert').filter({ hasText: 'Too many questions' }).waitFor()
  })

  await t.test('looks right to axe in both themes and sizes', async (t) => {
    for (const viewport of [PHONE, DESKTOP]) {
      const page = await openPage(t, browser, { viewport, hasTouch: viewport === PHONE })
      await open(page, url)
      await rows(page, 3)
      for (const colorScheme of ['light', 'dark'] as const) {
        await wear(page, colorScheme)
        await axe(page)
        await shot(page, `calls-${viewport.width}-${colorScheme}`)
      }
    }
  })
})

async function open(page: Page, url: string): Promise<void> {
  await signIn(page, url)
  await page.goto(`${url}/calls`)
  await page.getByRole('heading', { level: 1, name: 'Calls' }).waitFor()
}

/** Waits until the log has exactly this many calls. */
async function rows(page: Page, count: number): Promise<void> {
  await page.waitForFunction((count) => document.querySelectorAll('a[data-call]').length === count, count)
}

/** Newer versions of Intl have a narrow space before AM and PM. */
const plainSpaces = (text: string) => text.replace(/\s/g, ' ')
