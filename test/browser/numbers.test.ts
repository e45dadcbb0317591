import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { withDatabase } from '../rows.ts'
import { CALLER, type Json, MAIN, MIKE, SALES, until } from '../world.ts'
import { axe, openBrowser, openPage, PHONE, proveAddress, shot, signIn, startProduct } from './browser.ts'

const SPARE = '+12025550160'
const DOOR = '+12025550161'

test('the numbers', async (t) => {
  const world = await startProduct(t)
  const { url, api, network } = world
  const browser = await openBrowser(t)
  const page = await openPage(t, browser)
  await signIn(page, url)
  const line = (number: string): Promise<Json> => api('GET', `/numbers/${encodeURIComponent(number)}`)
  const openNumber = async (number: string, tab: string, on: Page = page) => {
    await on.goto(`${url}/numbers/${encodeURIComponent(number)}?tab=${tab}`)
    await on.getByRole('tabpanel').waitFor()
  }

  /** Presses Save's key, and waits for the server's answer. */
  const save = async (status = 200) => {
    const answer = page.waitForResponse((response) => response.request().method() === 'PATCH')
    await page.keyboard.press('Control+s')
    assert.equal((await answer).status(), status)
  }

  await t.test(
    'a phone that must not be rung is refused at its field; one from before is not rung, and the page says so',
    async () => {
      await openNumber(MAIN, 'calls')
      const phone = page.getByLabel('Phone that rings')
      await phone.fill('+14165550143')
      await save(400)
      await page.getByRole('tabpanel').getByText('Phone that rings is in another country (CA)').waitFor()
      await phone.fill('+8816123456789')
      await save(400)
      await page.getByRole('tabpanel').getByText('Phone that rings belongs to no country').waitFor()
      await shot(page, 'numbers-forbidden-target')
      await axe(page)
      await withDatabase(world, 'acme', (client) =>
        client.query('update numbers set forward_to = $1 where number = $2', [['+14165550143'], MAIN]),
      )
      await openNumber(MAIN, 'calls')
      await page.getByText('This phone is not rung: it is in another country (CA)').waitFor()
      await shot(page, 'numbers-not-rung')
      await axe(page)
      await api('PATCH', `/numbers/${encodeURIComponent(MAIN)}`, { forwardTo: [MIKE] })
    },
  )

  await t.test('text-back goes off and on from the list, and the list follows what others do', async () => {
    await page.goto(`${url}/numbers`)
    const main = page.getByRole('switch', { name: 'Text-back of Main line' })
    await main.click()
    await page.getByText('Text-back is off for Main line.', { exact: true }).waitFor()
    assert.equal((await line(MAIN)).textBack.enabled, false)
    await api('PATCH', `/numbers/${encodeURIComponent(MAIN)}`, { textBack: { enabled: true }, label: 'Front desk' })
    await page.getByRole('switch', { name: 'Text-back of Front desk', checked: true }).waitFor()
    await api('PATCH', `/numbers/${encodeURIComponent(MAIN)}`, { label: 'Main line' })
  })

  await t.test('a switch that the server refuses goes back and says why', async (t) => {
    t.after(() => page.unroute('**/api/v1/numbers/*'))
    await page.route('**/api/v1/numbers/*', (route) =>
      route.request().method() === 'PATCH' ? route.abort() : route.continue(),
    )
    page.expectFault(/ERR_FAILED/)
    await page.getByRole('switch', { name: 'Text-back of Main line' }).click()
    await page.getByText('Textback cannot be reached.').first().waitFor()
    await page.getByRole('switch', { name: 'Text-back of Main line', checked: true }).waitFor()
  })

  await t.test('the text is written with placeholders, its price in sight, and saved with the keyboard', async () => {
    await openNumber(MAIN, 'text-back')
    const text = page.getByRole('textbox', { name: 'The text' })
    await text.fill('Hi 👋 this is ')
    await page.getByRole('button', { name: 'Business' }).click()
    assert.equal(await text.inputValue(), 'Hi 👋 this is {{business}}')
    await page.getByText('Hi 👋 this is Acme HVAC').waitFor()
    await page.getByText('UCS-2').waitFor()
    await axe(page)
    await shot(page, 'number-ucs2')
    await page.getByRole('button', { name: 'Take it out' }).click()
    await page.getByText('GSM-7', { exact: true }).waitFor()
    await save()
    await page.getByText('Saved. It counts from the next call on.', { exact: true }).waitFor()
    assert.equal((await line(MAIN)).textBack.message, 'Hi this is {{business}}')
  })

  await t.test('what the server does not take is said beside the field, and nothing is half-saved', async () => {
    page.expectFault(/status of 400/)
    await page.getByRole('textbox', { name: 'The text' }).fill('Hi {{nobody}}')
    await page.getByRole('tab', { name: 'Setup' }).click()
    await page.getByLabel('Label').fill('Never saved')
    await page.getByRole('button', { name: /^Save/ }).click()
    await page
      .getByRole('alert')
      .getByRole('button', { name: /There is no placeholder/ })
      .click()
    await page.locator('[aria-invalid]').waitFor()
    await axe(page)
    await shot(page, 'number-error')
    assert.equal((await line(MAIN)).label, 'Main line')
    await page.getByRole('link', { name: 'Calls' }).click()
    const dialog = page.getByRole('dialog', { name: 'Leave without saving?' })
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Discard' }).click()
    await page.getByRole('region', { name: 'Unsaved changes' }).waitFor({ state: 'detached' })
  })

  await t.test('a draft is sent to a phone, and followed until it is there', async () => {
    const phone = page.getByLabel('Your phone')
    await phone.fill('12')
    await page.getByRole('button', { name: 'Send test' }).click()
    await page.getByText('is not a phone number that exists').waitFor()
    await phone.fill('(312) 555-0199')
    await page.getByRole('button', { name: 'Send test' }).click()
    await page.getByText('Delivered').waitFor()
    await until(async () => (await page.getByText('Waiting', { exact: true }).count()) === 0, 'the delivery')
    const [text] = await world.textsOn('+13125550199')
    assert.equal(text.body, 'Hi this is Acme HVAC')
  })

  await t.test('how long it rings is advised, and a wrong phone is refused', async () => {
    await openNumber(MAIN, 'calls')
    await page.getByText('A good length.').waitFor()
    await page.getByRole('spinbutton', { name: 'How long it rings' }).fill('40')
    await page.getByText('40 s is long').waitFor()
    await page.getByLabel('Phone that rings').fill('555')
    await save(400)
    await page.locator('p', { hasText: 'Phone that rings is not a phone number that exists' }).waitFor()
    await page.getByLabel('Phone that rings').fill('(202) 555-0112')
    await page.getByRole('spinbutton', { name: 'How long it rings' }).fill('18')
    await save()
    const { forwardTo, ringSeconds } = await line(MAIN)
    assert.deepEqual([forwardTo, ringSeconds], [['+12025550112'], 18])
    await api('PATCH', `/numbers/${encodeURIComponent(MAIN)}`, { forwardTo: [MIKE] })
  })

  await t.test('the forwarding codes have the number in them, to dial, copy and scan', async () => {
    await openNumber(SALES, 'calls')
    await page.getByLabel('Who is that line with?').selectOption({ label: 'T-Mobile' })
    const code = '**61*+12025550101*11*20#'
    await page.getByRole('code').filter({ hasText: code }).waitFor()
    const dial = page.getByRole('link', { name: `Dial ${code}` })
    assert.equal(await dial.getAttribute('href'), 'tel:**61*+12025550101*11*20%23')
    await page.getByRole('button', { name: /^QR/ }).first().click()
    await page.getByRole('img', { name: `QR code that dials ${code}` }).waitFor()
    await axe(page)
    await shot(page, 'number-codes')
  })

  await t.test('hours are kept by day, copied, and have other days', async () => {
    await openNumber(SALES, 'hours')
    await page.getByRole('radio', { name: /By our hours/ }).click()
    await page.getByLabel('Monday, period 1 from').fill('09:00')
    await page.getByRole('button', { name: 'Another period on Monday' }).click()
    await page.getByLabel('Monday, period 2 to').fill('00:00')
    await page.getByRole('button', { name: 'Copy Monday' }).click()
    await page.getByRole('menuitem', { name: 'To Monday to Friday' }).click()
    await page.getByRole('button', { name: 'Add a day' }).click()
    await page.getByLabel(/^Name of/).fill('Inventory')
    await save()
    const { days, exceptions } = (await line(SALES)).hours
    assert.deepEqual(days.fri, [
      ['09:00', '17:00'],
      ['18:00', '24:00'],
    ])
    assert.equal(exceptions[0].note, 'Inventory')
    await page.getByLabel('Tuesday, period 1 to').fill('07:00')
    await save(400)
    await page.locator('p', { hasText: 'Tuesday must end after it begins' }).waitFor()
    await axe(page)
    await shot(page, 'number-hours')
    await page.getByRole('button', { name: 'Discard' }).click()
  })

  await t.test('a test call is watched step by step until its text is on the phone', async () => {
    await openNumber(MAIN, 'test')
    await page.getByRole('button', { name: 'I am ready' }).click()
    await page.getByText('Waiting for the call.').waitFor()
    await world.missedCall(CALLER, MAIN)
    await page.getByText('It works.').waitFor()
    const steps = await page.getByRole('list', { name: 'Steps of the test' }).getByRole('listitem').allTextContents()
    assert.match(steps[0]!, /^Done: The call arrives\s?from \(312\) 555-0143/)
    assert.match(steps[4]!, /^Done: It is on the phone\s?[\d.]+\ss after the ringing ended/)
    await axe(page)
    await shot(page, 'number-test-works')
  })

  await t.test('and names the cause and the mend when no text comes', async () => {
    await api('POST', '/opt-outs', { phone: '+13125550144' })
    await page.getByRole('button', { name: 'Test again' }).click()
    await page.getByText('Waiting for the call.').waitFor()
    await world.missedCall('+13125550144', MAIN)
    await page.getByText('The caller opted out of texts').first().waitFor()
    await page.getByText('Text START from that phone').waitFor()
    await axe(page)
    await shot(page, 'number-test-opted-out')
    await openNumber(SALES, 'test')
    await page.getByRole('button', { name: 'I am ready' }).click()
    await page.getByText('Waiting for the call.').waitFor()
    await world.missedCall('+13125550145', SALES)
    await page.getByRole('radio', { name: 'No, not at all' }).click()
    await page.getByText('forwarded unconditionally').waitFor()
    await page.getByRole('button', { name: 'Open Calls' }).click()
    await page.getByText('Let your line pass on its missed calls').waitFor()
  })

  await t.test('a made-up call is decided with every check', async () => {
    await openNumber(MAIN, 'test')
    await page.getByLabel('Who calls').fill('+18005550199')
    await page.getByRole('button', { name: 'Decide' }).click()
    await page.getByText('The caller is a toll-free number').waitFor()
    await page.getByLabel('Who calls').fill(CALLER)
    await page.getByRole('button', { name: 'Decide' }).click()
    await page.getByText('It is texted back').waitFor()
    await shot(page, 'number-preview')
  })

  await t.test('a number of a connected carrier is chosen, saved and set up', async () => {
    const { accountSid, authToken } = (await network('GET', '/config')).twilio[0]
    await network('PUT', '/config', {
      twilio: [{ accountSid, authToken, numbers: [{ number: SPARE }, { number: DOOR }] }],
    })
    await page.goto(`${url}/numbers/connect`)
    await page.getByRole('button', { name: 'Choose numbers of Twilio (main)' }).click()
    await page.getByRole('button', { name: 'Look again' }).click()
    await page.getByRole('checkbox', { name: /555-0160/ }).click()
    await page.getByRole('button', { name: 'Save number' }).click()
    await page.getByText('Phone that rings is missing').waitFor()
    await axe(page)
    await page.getByLabel('Phone that rings').fill('(202) 555-0111')
    await page.getByLabel('Label').fill('Spare')
    await shot(page, 'connect-choose')
    await page.getByRole('button', { name: 'Save number' }).click()
    await page.getByText('Ready', { exact: true }).waitFor()
    await shot(page, 'connect-saved')
    assert.equal((await line(SPARE)).configured.ok, true)
  })

  await t.test('a phone system gets its address, its secret and an example, and its number is typed', async () => {
    await page.goto(`${url}/numbers/connect`)
    await page.getByRole('radio', { name: /Any phone system/ }).click()
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByText('The secret needs at least 16 characters').waitFor()
    await page.getByRole('button', { name: 'Make one' }).click()
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByLabel('Number', { exact: true }).fill('(202) 555-0161')
    await page.getByLabel('Texts leave through').selectOption({ label: 'Twilio (main)' })
    await page.getByRole('button', { name: 'Save number' }).click()
    await page.getByText('Ready', { exact: true }).waitFor()
    await axe(page)
    await shot(page, 'connect-pbx')
    const example = await page.locator('pre').innerText()
    const [, secret] = /SECRET='(\w+)'/.exec(example)!
    const [, hook] = /POST '(\S+)'/.exec(example)!
    const at = new Date().toISOString()
    const body = JSON.stringify({
      id: '1',
      from: CALLER,
      to: DOOR,
      started_at: at,
      ended_at: at,
      outcome: 'missed',
    })
    const now = String(Math.floor(Date.now() / 1000))
    const answer = await fetch(hook!, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-textback-timestamp': now,
        'x-textback-signature': createHmac('sha256', secret!).update(`${now}.${body}`).digest('hex'),
      },
    })
    assert.equal(answer.status, 200)
  })

  await t.test('a number is deleted only by whoever types it', async () => {
    page.expectFault(/status of 404/)
    await openNumber(SPARE, 'setup')
    await page.getByRole('button', { name: 'Delete number' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete Spare?' })
    await dialog.getByRole('button', { name: 'Delete number', disabled: true }).waitFor()
    await dialog.getByRole('textbox').fill(SPARE)
    await axe(page)
    await dialog.getByRole('button', { name: 'Delete number' }).click()
    await page.waitForURL(`${url}/numbers`)
    await page.getByText('Spare is deleted.').first().waitFor()
  })

  await t.test('a carrier with numbers stays, and says which', async () => {
    page.expectFault(/status of 409/)
    await page.goto(`${url}/settings/carriers`)
    await page.getByRole('button', { name: 'Disconnect Telnyx (alt)' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click()
    await page.getByText('Numbers use this connection.').first().waitFor()
    await page.getByRole('button', { name: 'Check again Twilio (main)' }).click()
    await page.getByText('Its credentials work.').first().waitFor()
  })

  await page.context().close()

  await t.test('begins with an empty list that says how', async (t) => {
    const page = await openPage(t, browser, { viewport: PHONE, hasTouch: true })
    page.expectFault(/status of 400/)
    await page.goto(`${url}/sign-up`)
    await page.getByLabel('Your name').fill('Dana')
    await page.getByLabel('Business name').fill('Dana’s Roofs')
    await page.getByLabel('Email').fill('dana@roofs.test')
    await page.getByLabel('Password').fill('danas-password')
    await page.getByRole('button', { name: 'Create account' }).click()
    await proveAddress(page, world, 'dana@roofs.test', 'danas-password')
    await page.waitForURL('**/today')
    await page.goto(`${url}/numbers`)
    await page.getByText('No numbers yet').waitFor()
    await page.getByRole('link', { name: 'Add a number' }).tap()
    await page.getByRole('radio', { name: /Twilio/ }).tap()
    await page.getByLabel('Account SID').fill('AC123')
    await page.getByRole('button', { name: 'Connect', exact: true }).tap()
    await page.getByText('The account SID begins with AC').waitFor()
    await axe(page)
    await shot(page, 'phone-connect-error')
  })
})
