import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { CALLER, type Json, MAIN, until } from '../world.ts'
import { axe, DESKTOP, openBrowser, openPage, PHONE, shot, signInOnce, startProduct, undo } from './browser.ts'

const SECOND_PHONE = '+13125550146'

test('a contact', async (t) => {
  const world = await startProduct(t)
  const browser = await openBrowser(t)
  const { url, network, api } = world

  const signedIn = await signInOnce(t, browser, url)
  const open = (t: TestContext, options: BrowserContextOptions = {}) =>
    openPage(t, browser, { storageState: signedIn, ...options })

  await world.missedCall(CALLER, MAIN)
  await world.textsOn(CALLER)
  await network('POST', '/messages', { from: SECOND_PHONE, to: MAIN, body: 'It is me, from my other phone' })
  const [dana, other] = await until(async () => {
    const { data } = await api('GET', '/contacts')
    const found = [CALLER, SECOND_PHONE].map((phone) => data.find((contact: Json) => contact.phone === phone))
    return found.every(Boolean) && found
  })
  await api('POST', `/contacts/${other.id}/notes`, { body: 'Rings from the office' })
  await api('PATCH', `/contacts/${other.id}`, { email: 'dana@example.com', addTags: ['office'] })
  const contact = () => api('GET', `/contacts/${dana.id}`)

  await t.test('is described where one reads it, and a wrong value says so', async (t) => {
    const page = await open(t)
    page.expectFault(/status of 4\d\d/)
    await page.goto(`${url}/contacts/${dana.id}`)
    await page.getByRole('heading', { level: 1, name: '(312) 555-0143' }).waitFor()
    await page.getByText('Missed call').waitFor()

    await page.getByRole('button', { name: /Name Add/ }).click()
    await page.getByLabel('Name', { exact: true }).fill('Dana Whitfield')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Dana Whitfield' }).waitFor()

    await page.getByRole('button', { name: /Email Add/ }).click()
    await page.getByLabel('Email', { exact: true }).fill('dana at home')
    await page.keyboard.press('Enter')
    await page.getByText('Email is not an email address.').waitFor()
    await axe(page)
    await page.keyboard.press('Escape')

    await page.getByRole('button', { name: /Phone \(312/ }).click()
    await page.getByLabel('Phone', { exact: true }).fill(SECOND_PHONE)
    await page.keyboard.press('Enter')
    await page.getByText('Phone belongs to another contact.').waitFor()
    await page.getByLabel('Phone', { exact: true }).press('Escape')

    await page.getByRole('button', { name: 'Add tag' }).click()
    await page.getByLabel('New tag').fill('furnace')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Take off furnace' }).click()
    await undo(page, '“furnace” is taken off')
    await page.getByRole('list', { name: 'Tags' }).getByText('furnace').waitFor()

    await page.getByRole('button', { name: 'Add field' }).click()
    await page.getByLabel('Field name').fill('Gate code')
    await page.getByLabel('Value', { exact: true }).fill('4711')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('4711').waitFor()
    // It shows before the server has it.
    await until(async () => (await contact()).fields['Gate code'] === '4711')
    const { name, tags, fields, phone } = await contact()
    assert.deepEqual([name, tags, fields, phone], ['Dana Whitfield', ['furnace'], { 'Gate code': '4711' }, CALLER])
  })

  await t.test('has a lead to be valued and won', async (t) => {
    const page = await open(t)
    await page.goto(`${url}/contacts/${dana.id}`)
    await page.getByLabel('Stage').selectOption('Booked')
    await page.getByRole('button', { name: 'Set value' }).click()
    await page.getByRole('dialog').getByLabel('Value').fill('1200')
    await page.getByRole('button', { name: 'Save value' }).click()
    await page.getByRole('button', { name: '$1,200' }).waitFor()
    await page.getByRole('button', { name: 'Won', exact: true }).click()
    await page.getByRole('list', { name: 'Closed leads' }).getByText('$1,200').waitFor()
    // The screen is ahead of the server.
    const lead = await until(async () => {
      const { data } = await api('GET', `/leads?contactId=${dana.id}`)
      return data[0].status === 'won' && data[0]
    }, 'a lead that is won')
    assert.deepEqual([lead.stage, lead.valueCents], ['Booked', 120_000])
  })

  await t.test('fits every screen, light and dark', async (t) => {
    for (const viewport of [DESKTOP, PHONE])
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await open(t, { viewport, colorScheme, hasTouch: viewport === PHONE })
        await page.goto(`${url}/contacts/${dana.id}`)
        await page.getByText('Sent automatically').waitFor()
        await check(page, `contact-${viewport.width}-${colorScheme}`)
        await page.context().close()
      }
  })

  await t.test('becomes one with its duplicate, after saying what happens', async (t) => {
    const page = await open(t)
    await page.goto(`${url}/contacts/${dana.id}`)
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitem', { name: /Merge/ }).click()
    const dialog = page.getByRole('dialog', { name: 'Merge with another contact' })
    await dialog.getByLabel('Who is the same person?').fill('0146')
    await dialog.getByRole('button', { name: /\(312\) 555-0146/ }).click()
    await dialog.getByText('dana@example.com (taken over)').waitFor()
    await dialog.getByText('This cannot be undone.').waitFor()
    await axe(page)
    await shot(page, 'contact-merge')
    await dialog.getByRole('button', { name: 'Merge', exact: true }).click()
    await page.getByText('It is me, from my other phone').waitFor()
    await page.getByText('Rings from the office').waitFor()
    await page.getByText('Mike merged another contact into this one: (312) 555-0146').waitFor()
    const { email, tags } = await contact()
    assert.deepEqual([email, tags], ['dana@example.com', ['furnace', 'office']])
    const { data } = await api('GET', '/conversations?view=waiting')
    assert.equal(data[0].contactId, dana.id, 'who waited still waits')
    assert.equal(data[0].lastMessagePreview, 'It is me, from my other phone')
  })

  await t.test('opts out and back in, and is erased only when one means it', async (t) => {
    const page = await open(t)
    page.expectFault(/status of 404/)
    await page.goto(`${url}/contacts/${dana.id}`)
    await page.getByRole('button', { name: 'Opt out of texts' }).click()
    await page.getByText('They come back by texting START.').waitFor()
    await undo(page, 'Opted out of texts')
    await page.getByRole('button', { name: 'Opt out of texts' }).waitFor()
    assert.equal((await contact()).optedOut, false)

    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitem', { name: /Erase/ }).click()
    const erase = page.getByRole('button', { name: 'Erase for good' })
    assert.ok(await erase.isDisabled())
    await page.getByLabel('Type Dana Whitfield to confirm').fill('Dana Whitfield')
    await axe(page)
    await erase.click()
    await page.waitForURL('**/inbox')
    await page.getByText('Dana Whitfield is erased', { exact: true }).waitFor()
    assert.equal((await world.ask('GET', `/api/v1/contacts/${dana.id}`)).status, 404)
    await page.goto(`${url}/contacts/${dana.id}`)
    await page.getByRole('alert').getByRole('heading').waitFor()
  })
})

async function check(page: Page, name: string) {
  await axe(page)
  await shot(page, name)
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  assert.equal(width, page.viewportSize()?.width, 'nothing is wider than the screen')
}
