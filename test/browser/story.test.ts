import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { formatPhone } from '../../web/phones.ts'
import { axe, DESKTOP, openBrowser, openPage, PHONE, shot } from './browser.ts'
import { startDemo } from './demo.ts'

/** The pages in docs show these screenshots (`npm run pictures`): sharper then, and after a longer ring. */
const [SCALE, RINGS] = process.env.SHOTS ? [1.5, '3 s'] : [1, '1 s']
const MAIN = '+12025550100'
const SALES = '+12025550101'

type Demo = Awaited<ReturnType<typeof startDemo>>

test('the demo, from its sign-in link to the call that is not texted', async (t) => {
  const demo = await startDemo(t)
  const browser = await openBrowser(t)
  const first = await openPage(t, browser, { deviceScaleFactor: SCALE })

  await t.test('the link signs in, once, and no screen is empty', async (t) => {
    const link = await demo.signInLink()
    await first.goto(link)
    await first.waitForURL('**/today')
    await first.getByText('Omar Haddad').first().waitFor()
    await picture(first, 'today')
    await first.goto(`${demo.url}/inbox`)
    await first.getByRole('link', { name: /Omar Haddad/ }).click()
    await first.getByRole('list', { name: 'Tags' }).getByRole('listitem').first().waitFor()
    const late = await openPage(t, browser)
    late.expectFault(/status of 401/)
    await late.goto(link)
    await late.getByRole('button', { name: 'Sign in' }).waitFor()
  })
  const storageState = await first.context().storageState()
  await first.context().close()

  for (const [size, viewport, caller] of [
    ['desk', DESKTOP, '+12025550143'],
    ['phone', PHONE, '+12025550144'],
  ] as const) {
    const options = { viewport, hasTouch: viewport === PHONE, storageState, deviceScaleFactor: SCALE }
    await t.test(`a missed call, at ${viewport.width} px`, (t) =>
      missedCall(t, browser, demo, { size, caller, options }),
    )
  }
  await t.test('the owner looks after the numbers', async (t) => {
    await numbers(t, browser, demo, { storageState, deviceScaleFactor: SCALE })
  })
})

type Part = { size: string; caller: string; options: BrowserContextOptions }

async function missedCall(t: TestContext, browser: Browser, { url, textsTo }: Demo, { size, caller, options }: Part) {
  const name = formatPhone(caller)
  const table = await openPage(t, browser, options)
  const phone = table.getByRole('region', { name })
  // The second window. Everything in it arrives without a reload.
  const owner = await openPage(t, browser, options)
  const timeline = owner.getByLabel('Timeline')
  await owner.goto(`${url}/inbox`)
  await owner.getByRole('link', { name: /Omar Haddad/ }).waitFor()
  await owner.evaluate(() => Object.assign(window, { isFirstLoad: true }))
  await table.goto(`${url}/simulator?phone=${encodeURIComponent(caller)}`)

  await t.test('nobody answers, and the text arrives on the phone', async () => {
    await ring(table, caller)
    await picture(table, `${size}-ringing`)
    await phone.getByRole('button', { name: 'Hang up' }).click()
    await phone.getByText('sorry we missed your call').waitFor()
    await phone.getByText('You called, nobody answered').waitFor()
    await picture(table, `${size}-texted`)
  })

  await t.test('their reply shows live in the inbox', async () => {
    await owner.getByRole('link', { name }).click()
    await timeline.getByText('Sent automatically').waitFor()
    await say(table, name, 'Our AC blows warm air. Could you come tomorrow?')
    await timeline.getByText('Our AC blows warm air').waitFor()
    await owner.getByText(/^Waiting /).waitFor()
    await axe(owner)
    await picture(owner, `${size}-reply`)
  })

  await t.test('the owner answers, and the phone gets it', async () => {
    await owner.getByLabel('Reply', { exact: true }).fill('Yes, between 8 and 10. What is the address?')
    await owner.getByRole('button', { name: 'Send', exact: true }).click()
    await phone.getByText('between 8 and 10').waitFor()
    await owner.locator('li', { hasText: 'between 8 and 10' }).getByText('Delivered').waitFor()
    await say(table, name, '18 Maple Street. Thank you!')
    await timeline.getByText('18 Maple Street').waitFor()
    await picture(owner, `${size}-answered`)
    await picture(table, `${size}-thread`)
  })

  await t.test('after STOP the next missed call is not texted, and "Why?" says why', async () => {
    await phone.getByRole('button', { name: 'Text STOP' }).click()
    await owner.getByText('Nothing can be texted to them').waitFor()
    await ring(table, caller)
    await phone.getByRole('button', { name: 'Hang up' }).click()
    await timeline.getByText('Not texted: The caller opted out of texts').waitFor()
    const textBacks = (await textsTo(caller)).filter(({ body }) => body.includes('sorry we missed your call'))
    assert.equal(textBacks.length, 1, 'the first call was texted, the second was not')
    await picture(owner, `${size}-not-texted`)
    await timeline.getByRole('listitem').filter({ hasText: 'Not texted' }).getByRole('button', { name: 'Why?' }).click()
    const why = owner.getByRole('dialog', { name: 'Why no text' })
    await why.getByText('The caller opted out of texts').waitFor()
    await axe(owner)
    await picture(owner, `${size}-why`)
  })

  assert.ok(await owner.evaluate(() => 'isFirstLoad' in window), 'the inbox was never loaded again')
}

async function numbers(t: TestContext, browser: Browser, { url }: Demo, options: BrowserContextOptions) {
  const page = await openPage(t, browser, options)
  const open = async (number: string, tab: string) => {
    await page.goto(`${url}/numbers/${encodeURIComponent(number)}?tab=${tab}`)
    await page.getByRole('tabpanel').getByRole('heading').first().waitFor()
  }

  await t.test('the demo has two, and their webhooks are set', async () => {
    await page.goto(`${url}/numbers`)
    await page.getByRole('switch', { name: 'Text-back of Sales' }).waitFor()
    await page.getByText('Ready', { exact: true }).nth(1).waitFor()
    await picture(page, 'numbers')
    await open(MAIN, 'setup')
    await page.getByText('Calls go to').waitFor()
    await open(MAIN, 'text-back')
    await page.getByText('GSM-7', { exact: true }).waitFor()
    await picture(page, 'number-text')
    await open(MAIN, 'calls')
    await page.getByText('A good length.').waitFor()
    await picture(page, 'number-calls')
    await page.goto(`${url}/numbers/connect`)
    await page.getByRole('radio', { name: /Twilio/ }).click()
    await page.getByLabel('Account SID').waitFor()
    await picture(page, 'connect')
  })

  await t.test('the forwarding codes have the number in them', async () => {
    await open(SALES, 'calls')
    await page.getByLabel('Who is that line with?').selectOption({ label: 'T-Mobile' })
    await page.getByRole('button', { name: /^QR/ }).first().click()
    await page.getByRole('img', { name: 'QR code that dials **61*+12025550101*11*20#' }).waitFor()
    await picture(page, 'forwarding-codes')
  })

  await t.test('a test call is watched until its text is on the phone', async () => {
    const caller = '+12025550145'
    const table = await openPage(t, browser, { ...options, viewport: PHONE, hasTouch: true })
    await table.addInitScript((number) => localStorage.setItem('textback.simulator.phones', `["${number}"]`), caller)
    await open(MAIN, 'test')
    await page.getByRole('button', { name: 'I am ready' }).click()
    await page.getByText('Waiting for the call.').waitFor()
    await table.goto(`${url}/simulator?phone=${encodeURIComponent(caller)}`)
    await ring(table, caller)
    await page.getByText('from (202) 555-0145').waitFor()
    await table.getByRole('button', { name: 'Hang up' }).click()
    await page.getByText('It works.').waitFor()
    await axe(page)
    await picture(page, 'number-test')
  })
}

/** Calls the main number, and lets it ring a while. */
async function ring(table: Page, caller: string): Promise<void> {
  const phone = table.getByRole('region', { name: formatPhone(caller) })
  await phone.getByRole('button', { name: 'Call Main line' }).click()
  await phone.getByText('Calling', { exact: true }).waitFor()
  await phone.getByText(RINGS, { exact: true }).waitFor()
}

async function say(table: Page, name: string, words: string): Promise<void> {
  const field = table.getByLabel(`Text from ${name}`)
  await field.fill(words)
  await field.press('Enter')
}

/** Moves the mouse away first, because hover effects would be in the picture. */
async function picture(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0)
  await shot(page, name)
}
