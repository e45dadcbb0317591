import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { beginOf, dayAfter, dayIn } from '../../web/days.ts'
import { dayName, relativeTime } from '../../web/times.ts'
import { CALLER, MAIN, until } from '../world.ts'
import { openBrowser, openPage, shot, signIn, startProduct } from './browser.ts'

const ZONE = 'America/New_York'

test('a page that is open over midnight', async (t) => {
  let ahead = 0
  const world = await startProduct(t, { now: () => new Date(Date.now() + ahead) })
  const browser = await openBrowser(t)
  await world.missedCall(CALLER, MAIN)
  await world.textsOn(CALLER)
  const [call] = await world.callsFrom(CALLER)
  await until(async () => (await world.api('GET', '/today')).day.texted === 1)
  const midnight = Date.parse(beginOf(dayAfter(dayIn(ZONE, Date.parse(call.startedAt)), 1), ZONE))

  /** A page in another time zone, 20 s before the business's midnight; the server's clock agrees. */
  const openBefore = async (t: Parameters<typeof openPage>[0], address: string) => {
    ahead = midnight - 20_000 - Date.now()
    const page = await openPage(t, browser, { timezoneId: 'Asia/Tokyo' })
    await page.clock.install({ time: midnight - 20_000 })
    await signIn(page, world.url)
    await page.goto(`${world.url}${address}`)
    return page
  }
  const goOver = async (page: Page) => {
    ahead += 60_000
    await page.clock.runFor(60_000)
  }

  await t.test('counts the new day on Today', async (t) => {
    const page = await openBefore(t, '/today')
    const missed = page
      .getByRole('term')
      .filter({ hasText: /^Missed$/ })
      .locator('..')
    await missed.getByText('1 call', { exact: true }).waitFor()
    await shot(page, 'midnight-today-before')
    await goOver(page)
    await missed.getByText('0 calls', { exact: true }).waitFor()
    await shot(page, 'midnight-today-after')
    await page.getByRole('radio', { name: 'Last 7 days' }).click()
    await missed.getByText('1 call', { exact: true }).waitFor()
  })

  await t.test('counts it too for who comes back to Today from another screen', async (t) => {
    const page = await openBefore(t, '/today')
    const missed = page
      .getByRole('term')
      .filter({ hasText: /^Missed$/ })
      .locator('..')
    await missed.getByText('1 call', { exact: true }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('l')
    await page.waitForURL('**/leads')
    await goOver(page)
    await page.keyboard.press('g')
    await page.keyboard.press('t')
    await missed.getByText('0 calls', { exact: true }).waitFor()
  })

  await t.test('says Yesterday in the conversation and in the list', async (t) => {
    const { data } = await world.api('GET', '/conversations')
    const page = await openBefore(t, `/inbox/${data[0].id}`)
    const timeline = page.getByRole('region', { name: 'Timeline' })
    const days = timeline.getByRole('heading', { level: 2 })
    await timeline.getByText('sorry we missed your call').waitFor()
    assert.deepEqual(await days.allTextContents(), ['Today'])
    await goOver(page)
    await timeline.getByRole('heading', { name: 'Yesterday' }).waitFor()
    assert.deepEqual(await days.allTextContents(), ['Yesterday'])
    await shot(page, 'midnight-inbox-after')
  })

  await t.test('shows the calls of the new day where the log is of today', async (t) => {
    const page = await openBefore(t, '/calls?days=1')
    await page.getByRole('link', { name: '(312) 555-0143' }).waitFor()
    await goOver(page)
    await page.getByRole('heading', { name: 'No call fits' }).waitFor()
  })
})

test('yesterday is the day before, also when one of them has 23 or 25 hours', () => {
  const said = (value: string, now: string) => [
    dayName(value, Date.parse(now), ZONE),
    relativeTime(value, Date.parse(now), ZONE),
  ]
  // The clock goes forward on March 8 and back on November 1.
  assert.deepEqual(said('2026-03-08T16:00:00Z', '2026-03-09T04:30:00Z'), ['Yesterday', 'Yesterday'])
  assert.deepEqual(said('2026-03-07T16:00:00Z', '2026-03-09T04:30:00Z'), ['Saturday, March 7', 'Sat'])
  assert.deepEqual(said('2026-10-31T16:00:00Z', '2026-11-02T04:30:00Z'), ['Yesterday', 'Yesterday'])
  assert.deepEqual(said('2026-11-01T04:30:00Z', '2026-11-02T04:30:00Z'), ['Today', '12:30 AM'])
})
