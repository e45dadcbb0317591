import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { withDatabase } from '../rows.ts'
import { CALLER, type Json, MAIN, until, type World } from '../world.ts'
import { axe, DESKTOP, openBrowser, openPage, PHONE, shot, signInOnce, startProduct, undo } from './browser.ts'

const LANDLINE = '+13125550145'
const MANY = 10_000

test('the inbox', async (t) => {
  const world = await startProduct(t)
  const browser = await openBrowser(t)
  const { url, network, api } = world
  const signedIn = await signInOnce(t, browser, url)
  const open = (t: TestContext, options: BrowserContextOptions = {}) =>
    openPage(t, browser, { storageState: signedIn, ...options })
  const says = (body: string, from = CALLER) => network('POST', '/messages', { from, to: MAIN, body })

  await t.test('teaches while it is empty', async (t) => {
    const page = await open(t)
    await page.goto(`${url}/inbox`)
    await page.getByRole('heading', { name: 'No open conversations' }).waitFor()
    await axe(page)
  })

  await world.missedCall(CALLER, MAIN)
  await world.textsOn(CALLER)
  await says('Hi Mike, our furnace stopped last night. Can someone come today?')
  const conversation = await until(async () => {
    const { data } = await api('GET', '/conversations')
    return data.find((found: Json) => found.contact.phone === CALLER && found.unread > 0)
  })
  await t.test('shows a conversation live, answers it, and the person reads it', async (t) => {
    const page = await open(t)
    await page.goto(`${url}/inbox`)
    await page.getByRole('link', { name: /\(312\) 555-0143.*unread/ }).waitFor()
    await api('PATCH', `/contacts/${conversation.contactId}`, { name: 'Dana Whitfield', addTags: ['furnace'] })
    await page.getByRole('link', { name: /Dana Whitfield.*unread/ }).click()
    await page.getByRole('heading', { level: 1, name: 'Dana Whitfield' }).waitFor()
    await page.getByText('Missed call').waitFor()
    await page.getByText('Sent automatically').waitFor()
    await until(async () => (await api('GET', `/conversations/${conversation.id}`)).unread === 0, 'it being read')

    await says('It is getting cold in here')
    await page.getByText('It is getting cold in here').last().waitFor()

    const composer = page.getByLabel('Reply', { exact: true })
    await composer.fill('On my way 🙂')
    await page.getByText('UCS-2 because of 🙂').waitFor()
    await composer.fill('We can be there between 2 and 4.')
    await page.getByText(/32\/160 · 1 segment · GSM-7/).waitFor()
    await axe(page)
    await composer.press('Control+Enter')
    assert.equal(await composer.inputValue(), '')
    const bubble = page.locator('li', { hasText: 'between 2 and 4' })
    await bubble.getByText('Delivered').waitFor()
    assert.equal(await page.getByLabel('Timeline').getByText('between 2 and 4').count(), 1, 'it is there once')
    await until(async () => (await world.textsOn(CALLER)).some(({ body }) => body.includes('between 2 and 4')))

    await page.getByRole('button', { name: 'Why?' }).click()
    const why = page.getByRole('dialog', { name: 'Why it was texted' })
    await why.getByText('Nobody picked up.').waitFor()
    await axe(page)
    await page.keyboard.press('Escape')
  })

  await t.test('keeps what could not be sent, says why, and sends it once', async (t) => {
    const page = await open(t)
    page.expectFault(/ERR_INTERNET_DISCONNECTED|Failed to load resource/)
    await page.goto(`${url}/inbox/${conversation.id}`)
    const composer = page.getByLabel('Reply', { exact: true })
    await composer.fill('Is 18 Maple Street right?')
    await page.route('**/api/v1/messages', (route) => route.abort('internetdisconnected'))
    await composer.press('Control+Enter')
    await page.getByText('Not sent.').waitFor()
    await page.getByText('Check this device’s connection').waitFor()
    await axe(page)
    await shot(page, 'inbox-not-sent')
    await page.unroute('**/api/v1/messages')
    await page.reload()
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.locator('li', { hasText: '18 Maple Street' }).getByText('Delivered').waitFor()
    assert.equal((await world.textsSentTo(CALLER)).filter(({ body }) => body.includes('18 Maple')).length, 1)

    await composer.fill('A draft that stays')
    await page.reload()
    assert.equal(await composer.inputValue(), 'A draft that stays')
    await composer.fill('')
  })

  await t.test('says it to who has gone on meanwhile, too', async (t) => {
    const page = await open(t)
    page.expectFault(/ERR_INTERNET_DISCONNECTED/)
    await page.goto(`${url}/inbox/${conversation.id}`)
    const gone = Promise.withResolvers<void>()
    await page.route('**/api/v1/messages', async (route) => {
      await gone.promise
      await route.abort('internetdisconnected')
    })
    await page.getByLabel('Reply', { exact: true }).fill('Which side is the gate?')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Inbox' }).click()
    await page.getByText('Pick a conversation').waitFor()
    gone.resolve()
    await page.getByRole('listitem').filter({ hasText: 'Not sent: “Which side is the gate?”' }).waitFor()
    await page.getByRole('link', { name: /Dana Whitfield.*Not sent/ }).waitFor()
    await axe(page)
    await shot(page, 'inbox-not-sent-row')
    await page.unroute('**/api/v1/messages')
    await page.getByRole('button', { name: 'Try again' }).click()
    await until(async () => (await world.textsOn(CALLER)).some(({ body }) => body.includes('the gate')))
    await page.getByRole('link', { name: /Dana Whitfield.*Not sent/ }).waitFor({ state: 'detached' })
  })

  await t.test('comes back by itself, unread, when its snooze is over', async (t) => {
    const page = await open(t)
    await page.goto(`${url}/inbox`)
    const until = new Date(Date.now() + 1_500).toISOString()
    await api('PATCH', `/conversations/${conversation.id}`, { snoozedUntil: until, unread: 0 })
    await page.getByText('No open conversations').waitFor()
    await page.getByRole('link', { name: /Dana Whitfield.*unread/ }).click()
    await page.getByText('The snooze is over').waitFor()
  })

  await t.test('notes, assigns, snoozes, closes, and takes it back', async (t) => {
    const page = await open(t)
    await page.goto(`${url}/inbox/${conversation.id}`)
    await page.getByRole('button', { name: 'Note', exact: true }).click()
    await page.getByLabel('Note', { exact: true }).fill('Ask for the model when we are there')
    await page.getByRole('button', { name: 'Save note' }).click()
    await page.getByText('Note by Mike').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('a')
    await page.getByRole('dialog').getByRole('button', { name: /Mike/ }).click()
    await page.getByText('Mike took this over').waitFor()
    await page.keyboard.press('s')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /Tomorrow/ })
      .waitFor()
    await axe(page)
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /Tomorrow/ })
      .click()
    await page.getByText('No open conversations').waitFor()
    await undo(page, 'Snoozed until')
    await page.getByRole('link', { name: /Dana Whitfield/ }).waitFor()
    await page.keyboard.press('e')
    await page.getByText('Conversation closed', { exact: true }).waitFor()
    await page.getByText('No open conversations').waitFor()
    await undo(page, 'Conversation closed')
    await page.getByRole('link', { name: /Dana Whitfield/ }).waitFor()
    await page.keyboard.press('u')
    await page.getByRole('link', { name: /Dana Whitfield.*unread/ }).waitFor()
    await until(async () => (await api('GET', `/conversations/${conversation.id}`)).unread === 1, 'it staying unread')
    await page.keyboard.press('u')
    await until(async () => (await api('GET', `/conversations/${conversation.id}`)).unread === 0, 'it being read again')
  })

  await t.test('does what was done last, however slow the network', async (t) => {
    const page = await open(t)
    await page.goto(`${url}/inbox/${conversation.id}`)
    await page.getByRole('heading', { level: 1, name: 'Dana Whitfield' }).waitFor()
    const late = Promise.withResolvers<void>()
    let asked = 0
    let answered = 0
    await page.route(`**/api/v1/conversations/${conversation.id}`, async (route) => {
      if (route.request().method() !== 'PATCH') return route.continue()
      if (++asked === 1) await late.promise
      await route.continue()
    })
    page.on('requestfinished', (request) => {
      if (request.method() === 'PATCH') answered++
    })
    const unread = page.getByRole('link', { name: /Dana Whitfield.*unread/ })
    await page.keyboard.press('u')
    await unread.waitFor()
    await page.keyboard.press('u')
    await unread.waitFor({ state: 'detached' })
    late.resolve()
    await until(async () => answered === 2, 'two answers')
    assert.equal((await api('GET', `/conversations/${conversation.id}`)).unread, 0)
    assert.equal(await unread.count(), 0)
  })

  await t.test('begins a conversation with a phone that never called', async (t) => {
    const page = await open(t)
    page.expectFault(/status of 400/)
    await page.goto(`${url}/inbox`)
    await page.getByRole('heading', { level: 1, name: 'Inbox' }).waitFor()
    await page.keyboard.press('c')
    const dialog = page.getByRole('dialog', { name: 'New text' })
    await dialog.getByRole('combobox').fill('(312) 555-0147')
    await axe(page)
    await shot(page, 'inbox-new-text')
    await dialog.getByRole('option', { name: 'Text (312) 555-0147' }).click()
    await dialog.getByLabel('To').fill('12')
    await dialog.getByLabel('Text').fill('This is Mike of Acme HVAC: your part has come.')
    await dialog.getByRole('button', { name: 'Send' }).click()
    await dialog.getByText('To is not a phone number that exists').waitFor()
    await dialog.getByLabel('To').fill('(312) 555-0147')
    await axe(page)
    await dialog.getByRole('button', { name: 'Send' }).click()
    await page.getByRole('heading', { level: 1, name: '(312) 555-0147' }).waitFor()
    await page.getByText('Delivered').waitFor()
    const { data } = await api('GET', '/conversations')
    await api('PATCH', `/conversations/${data[0].id}`, { status: 'closed' })
  })

  await t.test('goes on to the next row after a close, and back by Undo', async (t) => {
    await says('Do you also do heat pumps?', '+13125550146')
    const page = await open(t)
    await page.goto(`${url}/inbox`)
    await page.getByRole('link', { name: /\(312\) 555-0146/ }).click()
    await page.getByRole('heading', { level: 1, name: '(312) 555-0146' }).waitFor()
    await page.keyboard.press('e')
    await page.waitForURL(`${url}/inbox`)
    await page.getByText('Pick a conversation').waitFor()
    await until(
      async () => (await page.evaluate(() => document.activeElement?.textContent))?.includes('Dana'),
      'the focus',
    )
    await undo(page, 'Conversation closed')
    await page.getByRole('heading', { level: 1, name: '(312) 555-0146' }).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Dana Whitfield' }).waitFor()
  })

  await t.test('says what the carrier said, and what to do', async (t) => {
    await network('PUT', `/phones/${encodeURIComponent(LANDLINE)}`, { kind: 'landline' })
    await api('POST', '/messages', { to: LANDLINE, body: 'Hello, this is Acme HVAC.' })
    const failed = await until(async () => {
      const { data } = await api('GET', '/messages')
      return data.find((message: Json) => message.to === LANDLINE && message.trouble)
    })
    const page = await open(t)
    await page.goto(`${url}/inbox/${failed.conversationId}`)
    await page.getByText(failed.trouble.sentence).waitFor()
    await page.getByText(failed.trouble.nextStep).waitFor()
    await axe(page)
  })

  await t.test('asks a person when nobody can tell whether a text went out', async (t) => {
    await network('PUT', '/settings', { webhooks: false, listsReadable: false })
    await network('POST', '/faults/next', { what: 'acceptThenTimeout' })
    const page = await open(t)
    await page.goto(`${url}/inbox/${conversation.id}`)
    await page.getByLabel('Reply', { exact: true }).fill('Are you at home?')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    const bubble = page.locator('li', { hasText: 'Are you at home?' })
    await bubble.getByText('Unknown whether it left').waitFor()
    await axe(page)
    await shot(page, 'inbox-unknown')
    await bubble.getByRole('button', { name: 'It was sent' }).click()
    await bubble.getByText('With the carrier').waitFor()
    await network('PUT', '/settings', { webhooks: true, listsReadable: true })
  })

  await t.test('fits every screen, light and dark', async (t) => {
    for (const viewport of [DESKTOP, PHONE])
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await open(t, { viewport, colorScheme, hasTouch: viewport === PHONE })
        const name = `${viewport.width}-${colorScheme}`
        await page.goto(`${url}/inbox`)
        await page.getByRole('link', { name: /Dana Whitfield/ }).waitFor()
        await check(page, `inbox-list-${name}`)
        await page.getByRole('link', { name: /Dana Whitfield/ }).click()
        await page.getByText('Sent automatically').waitFor()
        await check(page, `inbox-conversation-${name}`)
        if (viewport === PHONE) {
          assert.deepEqual(await smallTargets(page), [], 'a thumb can hit them')
          await page.getByRole('button', { name: 'More', exact: true }).first().tap()
          await page.getByRole('menuitem', { name: 'About this person' }).tap()
          await page.getByRole('dialog', { name: 'Person' }).getByText('furnace').waitFor()
          await check(page, `inbox-person-${name}`)
          await page.keyboard.press('Escape')
          await page.getByRole('link', { name: 'Back', exact: true }).tap()
          await page.waitForURL(`${url}/inbox`)
        }
        await page.context().close()
      }
  })

  await t.test('a STOP shows live, and closes the way to text', async (t) => {
    const page = await open(t)
    await page.goto(`${url}/inbox/${conversation.id}`)
    await page.getByText('Missed call').waitFor()
    await says('STOP')
    await page.getByText('Nothing can be texted to them').waitFor()
    await page.getByRole('button', { name: 'Text', exact: true, disabled: true }).waitFor()
    await axe(page)
    await shot(page, 'inbox-opted-out')
  })

  await t.test(`goes through ${MANY} conversations by keyboard and by a fling`, async (t) => {
    await addConversations(world, MANY)
    const page = await open(t)
    await page.goto(`${url}/inbox`)
    await page.getByRole('link', { name: /Person 1,/ }).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    assert.match(await focusedText(page), /Person 2,/)
    await page.keyboard.press('k')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Person 1,' }).waitFor()
    for (let i = 0; i < 30; i++) await page.keyboard.press('j')
    await until(async () => /Person 31,/.test(await focusedText(page)), 'the focus on the 31st')
    const list = page.getByRole('list', { name: 'Conversations' })
    await list.hover()
    await until(async () => {
      await page.mouse.wheel(0, 7_000)
      return page
        .getByRole('link', { name: /Person 5\d\d,/ })
        .first()
        .isVisible()
    }, 'the five hundreds')
    assert.ok((await list.getByRole('listitem').count()) < 60, 'only what is on the screen is in the page')
  })

  await t.test('finds a text by the palette, however far back, and goes to it', async (t) => {
    await addTexts(world, conversation, 180)
    const page = await open(t)
    await page.goto(`${url}/today`)
    await page.getByRole('heading', { name: 'Today', exact: true }).waitFor()
    await page.keyboard.press('/')
    await page.getByRole('combobox').fill('getting cold')
    await page.getByRole('option', { name: /It is getting cold in here/ }).waitFor()
    await axe(page)
    await shot(page, 'inbox-search')
    await page.keyboard.press('Enter')
    await page.waitForURL(/inbox\/.*message=/)
    const found = page.getByLabel('Timeline').getByText('It is getting cold in here')
    await found.waitFor()
    await until(
      () =>
        found.evaluate((element) => {
          const { top, bottom } = element.getBoundingClientRect()
          return top > 0 && bottom < innerHeight
        }),
      'the text in sight',
    )
  })
})

async function check(page: Page, name: string) {
  await axe(page)
  await shot(page, name)
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  assert.equal(width, page.viewportSize()?.width, 'nothing is wider than the screen')
}

const focusedText = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '')

const smallTargets = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('main a, main button')]
      .filter((target) => target.checkVisibility() && target.getBoundingClientRect().height < 44)
      .map((target) => target.outerHTML.slice(0, 200)),
  )

/** Newer than all others; the first is the newest. */
function addConversations(world: World, count: number) {
  return withDatabase(world, '*', async (client) => {
    await client.query('set search_path to textback')
    await client.query(
      `with people as (
         insert into contacts (id, account_id, name)
         select gen_random_uuid(), 'acme', 'Person ' || n || ',' from generate_series(1, $1::int) n
         returning id, name
       ), addresses as (
         insert into contact_addresses (account_id, contact_id, address)
         select 'acme', id, '+1' || (2010000000 + row_number() over ()) from people)
       insert into conversations (id, account_id, contact_id, our_address, last_message_at, last_message_preview, updated_at)
       select gen_random_uuid(), 'acme', id, $2, at, 'Hello from ' || name, at
       from people, lateral (select now() + interval '1 day' - make_interval(secs => substring(name from '\\d+')::int) as at) t`,
      [count, MAIN],
    )
  })
}

/** Adds texts after the existing ones, which then need scrolling. */
function addTexts(world: World, { id, contactId }: Json, count: number) {
  return withDatabase(world, '*', async (client) => {
    await client.query('set search_path to textback')
    await client.query(
      `insert into messages (id, account_id, conversation_id, contact_id, kind, direction, from_address, to_address, body,
         segments, status, connection_id, created_at)
       select gen_random_uuid(), 'acme', $1, $2, 'inbound', 'inbound', $3, $4, 'Line ' || n, 1, 'received', 'main',
         now() + make_interval(secs => n) from generate_series(1, $5::int) n`,
      [id, contactId, CALLER, MAIN, count],
    )
  })
}
