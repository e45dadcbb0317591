import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startReceiver, verify } from '../receiver.ts'
import { CALLER, type Json, SALES, until } from '../world.ts'
import { axe, DESKTOP, openBrowser, openPage, PHONE, shot, signIn, startProduct, undo } from './browser.ts'

test('webhooks', async (t) => {
  const world = await startProduct(t)
  const { url, api } = world
  const receiver = await startReceiver(t)
  const browser = await openBrowser(t)
  const page = await openPage(t, browser)
  await signIn(page, url)
  let secret = ''

  await t.test('one is made, and its secret shown once', async () => {
    await page.goto(`${url}/settings/webhooks`)
    await page.getByText('No webhooks yet').waitFor()
    await axe(page)
    await shot(page, 'webhooks-empty')
    await page.getByRole('button', { name: 'New webhook' }).click()
    await page.getByLabel('Address').fill('https://192.168.1.1/hook')
    await page.getByLabel('Description').fill('Booking calendar')
    page.expectFault(/status of 400/)
    await page.getByRole('button', { name: 'Make webhook' }).click()
    await page.getByText('Address must be on the internet; private and local addresses are refused.').waitFor()
    await page.getByLabel('Address').fill(receiver.url)
    await page.getByRole('radio', { name: 'Only some' }).click()
    await page.getByRole('button', { name: 'Make webhook' }).click()
    await page.getByText('Choose at least one.').waitFor()
    await page.getByLabel('A call ended and nobody had answered it').click()
    await page.getByLabel('A person or a program added a contact').click()
    await axe(page)
    await shot(page, 'webhooks-new')
    await page.getByRole('button', { name: 'Make webhook' }).click()
    secret = await page.getByLabel('Secret', { exact: true }).inputValue()
    assert.match(secret, /^whsec_/)
    await axe(page)
    await shot(page, 'webhooks-secret')
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByRole('heading', { level: 1, name: 'Booking calendar' }).waitFor()
    await page.getByText('Nothing was sent yet.').waitFor()
    const [{ events }] = (await api('GET', '/webhooks')).data
    assert.deepEqual(events.toSorted(), ['call.missed', 'contact.created'])
  })

  await t.test('a test says what came back', async () => {
    receiver.answer(500)
    await page.getByRole('button', { name: 'Send test' }).click()
    await page.getByText('The test failed. It answered 500.').waitFor()
    await shot(page, 'webhooks-test-failed')
    receiver.answer(200)
    await page.getByRole('button', { name: 'Send test' }).click()
    await page.getByText(/The test arrived: it answered 200 in \d+ ms/).waitFor()
    verify(secret, receiver.received.at(-1)!)
    await page.getByRole('link', { name: 'Request and answer' }).click()
    const sheet = page.getByRole('dialog')
    await sheet.getByText('thank you').waitFor()
    await sheet.getByText('"type": "webhook.test"').waitFor()
    await axe(page)
    await shot(page, 'webhooks-delivery')
    await page.keyboard.press('Escape')
  })

  await t.test('what is sent appears as it happens, and can be sent again', async () => {
    const log = page.getByRole('table', { name: 'Deliveries' })
    receiver.answer(503)
    await world.missedCall(CALLER, SALES)
    const row = log.getByRole('row').filter({ hasText: 'call.missed' })
    await row.getByText('Tried again').waitFor()
    await page.getByText('Failing').first().waitFor()
    await shot(page, 'webhooks-failing')
    await row.getByRole('link', { name: 'call.missed' }).click()
    const sheet = page.getByRole('dialog')
    await sheet.getByText('It answered 503. Any 2xx means that it has the event.').waitFor()
    receiver.answer(200)
    await sheet.getByRole('button', { name: 'Send again' }).click()
    await sheet.getByText('Delivered', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('Delivering.').waitFor()
    await page.getByRole('radio', { name: 'Failed' }).click()
    await row.waitFor({ state: 'detached' })
    await page.waitForURL('**state=failed')
    await page.getByRole('radio', { name: 'All' }).click()
    await row.waitFor()
  })

  await t.test('a new secret, other events, off and on again', async () => {
    await page.getByRole('button', { name: 'New secret' }).click()
    await page.getByText('For 24 hours each request carries two signatures').waitFor()
    await axe(page)
    await shot(page, 'webhooks-rotate')
    await page.getByRole('button', { name: 'Make new secret' }).click()
    const fresh = await page.getByLabel('Secret', { exact: true }).inputValue()
    assert.notEqual(fresh, secret)
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByText('Requests carry two signatures').waitFor()
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByRole('radio', { name: 'All events' }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('All events', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Switch off' }).click()
    await page.getByText('It was switched off.').waitFor()
    await axe(page)
    await undo(page, 'The webhook is switched off')
    await page.getByText('Delivering.').waitFor()
    const contact = await api('POST', '/contacts', { phone: '+13125550101' })
    const sent = await until(
      async () => receiver.received.find(({ body }) => body.data.contactId === contact.id),
      'the contact',
    )
    for (const one of [secret, fresh]) verify(one, sent)
  })

  await t.test('one that wants no more is off, for everybody to see', async () => {
    receiver.answer(410)
    await api('POST', '/contacts', { phone: '+13125550102' })
    await page.getByText('It answered 410 Gone, which means that it wants no more.').waitFor()
    await page.getByRole('button', { name: 'Switch on' }).waitFor()
    await page.goto(`${url}/settings/audit`)
    await page.getByText(/^Textback switched off the webhook to .*, which wants no more$/).waitFor()
    for (const did of ['made a webhook to', 'tested the webhook to', 'made a new secret for the webhook to'])
      await page.getByText(did).first().waitFor()
    assert.equal(await page.getByText('did:').count(), 0)
  })

  await t.test('both screens fit, light and dark', async (t) => {
    await api('POST', '/webhooks', { url: `${receiver.url}/${'very-long-path/'.repeat(12)}` })
    const [, { id }] = (await api('GET', '/webhooks')).data as Json[]
    const [{ id: deliveryId }] = (await api('GET', `/webhooks/${id}/deliveries`)).data as Json[]
    const storageState = await page.context().storageState()
    for (const [viewport, colorScheme] of [
      [PHONE, 'light'],
      [PHONE, 'dark'],
      [DESKTOP, 'light'],
      [DESKTOP, 'dark'],
    ] as const) {
      const isPhone = viewport === PHONE
      const other = await openPage(t, browser, { viewport, hasTouch: isPhone, colorScheme, storageState })
      for (const [path, contains] of [
        ['', 'Booking calendar'],
        [`/${id}`, 'call.missed'],
        [`/${id}?delivery=${deliveryId}`, 'The last answer'],
      ] as const) {
        await other.goto(`${url}/settings/webhooks${path}`)
        await other.getByText(contains).first().waitFor()
        assert.equal(await other.evaluate(() => document.documentElement.scrollWidth), viewport.width, path)
        await axe(other)
        const name = path === '' ? 'list' : path.includes('?') ? 'sheet' : 'one'
        await shot(other, `webhooks-${isPhone ? 'phone' : 'wide'}-${colorScheme}-${name}`)
      }
      if (isPhone && colorScheme === 'light') {
        await other.goto(`${url}/settings/webhooks/${id}`)
        await other.getByRole('button', { name: 'Edit' }).click()
        await other.getByRole('radio', { name: 'Only some' }).click()
        await other.getByLabel('A call ended that somebody had answered').waitFor()
        await axe(other)
        await shot(other, 'webhooks-phone-edit')
      }
      await other.context().close()
    }
  })

  await t.test('deleted, after a question', async () => {
    await page.goto(`${url}/settings/webhooks`)
    await page.getByRole('link', { name: /Booking calendar/ }).click()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('button', { name: 'Delete webhook' }).click()
    await page.waitForURL('**/settings/webhooks')
    await page.getByRole('link', { name: /Booking calendar/ }).waitFor({ state: 'detached' })
  })
  // Closed before the product stops, or the page would report that it is gone.
  await page.context().close()
})
