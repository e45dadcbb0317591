import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { until, type World } from '../world.ts'
import { axe, DESKTOP, openBrowser, openPage, PHONE, shot, signIn, startProduct, undo, wear } from './browser.ts'

test('Leads', async (t) => {
  const world = await startProduct(t)
  const browser = await openBrowser(t)
  const { url } = world

  await t.test('teaches when there is none, and adds one by hand', async (t) => {
    const page = await openPage(t, browser)
    page.expectFault(/status of 400/)
    await open(page, url)
    await page.getByText('Every missed caller becomes a lead here.').waitFor()
    await page.keyboard.press('n')
    const dialog = page.getByRole('dialog', { name: 'New lead' })
    await dialog.getByRole('combobox').fill('Dana Whitfield')
    await axe(page)
    await dialog.getByRole('option', { name: /as a new person/ }).click()
    await dialog.getByLabel('Phone').fill('12')
    await dialog.getByLabel('Value').fill('1,200')
    await dialog.getByRole('button', { name: 'Add lead' }).click()
    await dialog.getByText('Phone is not a phone number that exists').waitFor()
    await axe(page)
    await dialog.getByLabel('Phone').fill('(202) 555-0121')
    await dialog.getByRole('button', { name: 'Add lead' }).click()
    await dialog.waitFor({ state: 'detached' })
    await column(page, 'New').getByText('Dana Whitfield').waitFor()
    await column(page, 'New').getByText('(202) 555-0121').waitFor()
    await page.keyboard.press('n')
    await dialog.getByRole('combobox').fill('dana')
    await dialog
      .getByRole('option', { name: /Dana Whitfield/ })
      .first()
      .click()
    await dialog.getByRole('button', { name: 'Add lead' }).click()
    page.expectFault(/status of 409/)
    await dialog.getByRole('alert').filter({ hasText: 'has an open lead already' }).waitFor()
    await shot(page, 'leads-new')
  })

  await t.test('shows a lead live, and sums each stage', async (t) => {
    const page = await openPage(t, browser)
    await open(page, url)
    await column(page, 'New').getByText('$1,200').first().waitFor()
    await addLead(world, 'Priya Nair', '+12025550123', 740_000)
    await column(page, 'New').getByText('Priya Nair').waitFor()
    await column(page, 'New').getByText('$8,600').waitFor()
    assert.equal(await countIn(page, 'New'), 2)
  })

  await t.test('moves one by the mouse, and takes it back', async (t) => {
    const page = await openPage(t, browser)
    await open(page, url)
    await drag(page, 'Priya Nair', 'Quoted')
    await column(page, 'Quoted').getByText('Priya Nair').waitFor()
    assert.equal(await countIn(page, 'New'), 1)
    assert.match(page.url(), /\/leads$/, 'a drag opens nothing')
    await until(async () => (await stageOf(world, 'Priya Nair')) === 'Quoted')
    await undo(page, 'Priya Nair moved to Quoted')
    await column(page, 'New').getByText('Priya Nair').waitFor()
    await until(async () => (await stageOf(world, 'Priya Nair')) === 'New')
  })

  await t.test('moves one by the keyboard, and says so', async (t) => {
    const page = await openPage(t, browser)
    await open(page, url)
    await page.getByRole('link', { name: 'Priya Nair' }).focus()
    await page.keyboard.press('Space')
    const said = page.locator('[id^="DndLiveRegion"]')
    await said.getByText('Priya Nair is over New').waitFor({ state: 'attached' })
    await listening(page)
    await page.keyboard.press('ArrowRight')
    await said.getByText('Priya Nair is over Contacted').waitFor({ state: 'attached' })
    await page.keyboard.press('ArrowRight')
    await said.getByText('Priya Nair is over Quoted').waitFor({ state: 'attached' })
    await shot(page, 'leads-dragging')
    await page.keyboard.press('Space')
    await column(page, 'Quoted').getByText('Priya Nair').waitFor()
    await until(async () => (await stageOf(world, 'Priya Nair')) === 'Quoted')
    await page.getByRole('link', { name: 'Priya Nair' }).focus()
    await page.keyboard.press('Space')
    await said.getByText('Priya Nair is over Quoted').waitFor({ state: 'attached' })
    await listening(page)
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Escape')
    await said.getByText('Priya Nair stays where it was').waitFor({ state: 'attached' })
    assert.equal(await stageOf(world, 'Priya Nair'), 'Quoted')
  })

  await t.test('puts it back and says why when the server does not take a move', async (t) => {
    const page = await openPage(t, browser)
    page.expectFault(/status of 500/)
    await open(page, url)
    await page.route('**/api/v1/leads/*', (route) =>
      route.request().method() === 'PATCH'
        ? route.fulfill({ status: 500, json: { title: 'The move failed', status: 500, detail: 'Try again soon.' } })
        : route.continue(),
    )
    await drag(page, 'Dana Whitfield', 'Booked')
    await page.getByText('The move failed').first().waitFor()
    await column(page, 'New').getByText('Dana Whitfield').waitFor()
    assert.equal(await countIn(page, 'Booked'), 0)
    await page.unroute('**/api/v1/leads/*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await column(page, 'Booked').getByText('Dana Whitfield').waitFor()
    await until(async () => (await stageOf(world, 'Dana Whitfield')) === 'Booked')
  })

  await t.test('gets a value, is lost with a reason, and comes back', async (t) => {
    const page = await openPage(t, browser)
    await open(page, url)
    await act(page, 'Priya Nair', 'Change value …')
    const value = page.getByRole('dialog', { name: 'What is Priya Nair worth?' })
    await value.getByLabel('Value').fill('a lot')
    await value.getByRole('button', { name: 'Save value' }).click()
    await value.getByText('Value is not an amount').waitFor()
    await axe(page)
    await value.getByLabel('Value').fill('6800.50')
    await page.keyboard.press('Enter')
    await column(page, 'Quoted').getByText('$6,800.50').first().waitFor()
    await act(page, 'Priya Nair', 'Lost …')
    const lost = page.getByRole('dialog', { name: 'Why was Priya Nair lost?' })
    await lost.getByLabel('Too expensive').check()
    await axe(page)
    await shot(page, 'leads-lost')
    await lost.getByRole('button', { name: 'Mark as lost' }).click()
    await column(page, 'Quoted').getByText('Priya Nair').waitFor({ state: 'detached' })
    await until(async () => (await lead(world, 'Priya Nair')).reason === 'Too expensive')
    await undo(page, 'Priya Nair: lost')
    await column(page, 'Quoted').getByText('Priya Nair').waitFor()
    await until(async () => (await lead(world, 'Priya Nair')).status === 'open')
    assert.equal((await lead(world, 'Priya Nair')).reason, null)
  })

  await t.test('shows one stage at a time on a phone, and moves by the menu', async (t) => {
    const page = await openPage(t, browser, { viewport: PHONE, hasTouch: true })
    await open(page, url)
    await page.getByRole('radio', { name: /Booked/ }).click()
    await column(page, 'Booked').getByText('Dana Whitfield').waitFor()
    await act(page, 'Dana Whitfield', 'Contacted', 'menuitemradio')
    await column(page, 'Booked').getByText('Dana Whitfield').waitFor({ state: 'detached' })
    await page.getByRole('radio', { name: /Contacted/ }).click()
    await column(page, 'Contacted').getByText('Dana Whitfield').waitFor()
    await until(async () => (await stageOf(world, 'Dana Whitfield')) === 'Contacted')
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    assert.equal(width, PHONE.width, 'nothing is wider than the screen')
  })

  await t.test('lists them in a table with filters and totals', async (t) => {
    const page = await openPage(t, browser)
    await world.api('PATCH', `/leads/${(await lead(world, 'Dana Whitfield')).id}`, { status: 'won' })
    await open(page, url, '/leads?layout=table')
    await page.getByText('1 open, worth $6,800.50 · 1 won, $1,200 · newest first').waitFor()
    await shot(page, 'leads-totals')
    await page.getByLabel('Status').selectOption('won')
    await page.getByText('1 lead, together worth $1,200').waitFor()
    await page.getByLabel('Status').selectOption('')
    await page.getByLabel('Minimum value').selectOption('5000')
    await page.getByText('1 open, worth $6,800.50 · newest first').waitFor()
    await page.getByLabel('Minimum value').selectOption('')
    await page.keyboard.press('/')
    await page.keyboard.type('dana')
    await page.waitForURL(/search=dana/)
    await page.getByText('1 won, $1,200 · newest first').waitFor()
    await page.getByLabel('Stage').selectOption('Booked')
    await page.getByRole('heading', { name: 'No lead fits' }).waitFor()
    await axe(page)
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await act(page, 'Dana Whitfield', 'Reopen')
    await until(async () => (await lead(world, 'Dana Whitfield')).status === 'open')
  })

  await t.test('marks who opted out, live, on the board and in the table', async (t) => {
    const page = await openPage(t, browser)
    await open(page, url)
    const mark = page.getByText(', opted out of texts')
    await page.getByRole('link', { name: 'Dana Whitfield' }).waitFor()
    assert.equal(await mark.count(), 0)
    await world.api('POST', '/opt-outs', { phone: '+12025550121' })
    const board = page.getByRole('main')
    await board.getByRole('listitem').filter({ hasText: 'Dana Whitfield' }).filter({ has: mark }).waitFor()
    assert.equal(await mark.count(), 1)
    await page.getByRole('radio', { name: 'Table' }).click()
    await page.getByRole('row').filter({ hasText: 'Dana Whitfield' }).filter({ has: mark }).waitFor()
    assert.equal(await mark.count(), 1)
  })

  await t.test('looks right to axe in both themes and sizes', async (t) => {
    await addLead(world, null, '+12025550126', null)
    for (const viewport of [PHONE, DESKTOP]) {
      const page = await openPage(t, browser, { viewport, hasTouch: viewport === PHONE })
      await open(page, url)
      for (const layout of ['board', 'table']) {
        await page.getByRole('radio', { name: layout === 'board' ? 'Board' : 'Table' }).click()
        await page.getByText('(202) 555-0126').filter({ visible: true }).first().waitFor()
        for (const colorScheme of ['light', 'dark'] as const) {
          await wear(page, colorScheme)
          await axe(page)
          await shot(page, `leads-${layout}-${viewport.width}-${colorScheme}`)
        }
      }
    }
  })
})

async function open(page: Page, url: string, path = '/leads'): Promise<void> {
  await signIn(page, url)
  await page.goto(url + path)
  await page.getByRole('heading', { level: 1, name: 'Leads' }).waitFor()
}

const column = (page: Page, stage: string) =>
  page.getByRole('region').filter({ has: page.getByRole('heading', { name: new RegExp(`^${stage}`) }) })

async function countIn(page: Page, stage: string): Promise<number> {
  return Number(/\d+$/.exec((await column(page, stage).getByRole('heading').textContent()) ?? '')?.[0])
}

async function drag(page: Page, name: string, stage: string): Promise<void> {
  const from = (await page.getByRole('link', { name }).boundingBox())!
  const to = (await column(page, stage).boundingBox())!
  await page.mouse.move(from.x + 20, from.y + 8)
  await page.mouse.down()
  await page.mouse.move(from.x + 40, from.y + 20, { steps: 3 })
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 5 })
  await page.getByText(`${name} is over ${stage}`).waitFor({ state: 'attached' })
  await page.mouse.up()
}

/** After Space, dnd-kit listens for the arrows one timer later; no person is as fast as this test. */
const listening = (page: Page) => page.evaluate(() => new Promise((done) => setTimeout(done)))

async function act(page: Page, name: string, item: string, role: 'menuitem' | 'menuitemradio' = 'menuitem') {
  const button = page.getByRole('button', { name: `Actions for ${name}` })
  await button.filter({ visible: true }).click()
  await page.getByRole(role, { name: item }).click()
}

async function addLead(world: World, name: string | null, phone: string, valueCents: number | null): Promise<void> {
  const contact = await world.api('POST', '/contacts', { phone, name })
  await world.api('POST', '/leads', { contactId: contact.id, valueCents })
}

async function lead(world: World, name: string) {
  return (await world.api('GET', '/leads')).data.find((one: { contact: { name: string } }) => one.contact.name === name)
}

const stageOf = async (world: World, name: string): Promise<string> => (await lead(world, name)).stage
