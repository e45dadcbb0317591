import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAIN, until } from '../world.ts'
import { axe, DESKTOP, openBrowser, openPage, PHONE, shot, signIn, startProduct } from './browser.ts'

const FIRST = '(202) 555-0143'
const MIKES = '(202) 555-0111'

test('the simulator', async (t) => {
  const world = await startProduct(t)
  const { url, api, network } = world
  const browser = await openBrowser(t)
  const page = await openPage(t, browser)
  const caller = page.getByRole('region', { name: FIRST })
  const mike = page.getByRole('region', { name: MIKES })
  const exchanges = page.getByRole('list', { name: 'Exchanges' }).getByRole('listitem')
  await signIn(page, url)

  await t.test('a phone calls, nobody answers, and the text arrives on it', async () => {
    await page.goto(`${url}/simulator`)
    await caller.getByText('the text-back arrives here').waitFor()
    await mike.getByText('This is your own phone. When somebody calls Main line, it rings here').waitFor()
    await shot(page, 'simulator-new')
    await caller.getByRole('button', { name: 'Call Main line' }).click()
    await mike.getByText('is calling').waitFor()
    await caller.getByText('Calling', { exact: true }).waitFor()
    await axe(page)
    await shot(page, 'simulator-ringing')
    await caller.getByRole('button', { name: 'Hang up' }).click()
    await caller.getByText('sorry we missed your call').waitFor()
    await caller.getByText('You called, nobody answered').waitFor()
    await mike.getByText('Missed call').waitFor()
  })

  await t.test('the wire shows the webhooks with their signature, and the send', async () => {
    const send = exchanges.filter({ hasText: 'send a text' })
    await send.first().waitFor()
    const webhook = exchanges.filter({ hasText: 'Twilio asks Textback:' }).last()
    await webhook.getByRole('button').click()
    await webhook.getByText(/x-twilio-signature: \S+/).waitFor()
    await webhook.getByText(`To: ${MAIN}`).waitFor()
    await webhook.getByText('<Dial').waitFor()
    await axe(page)
    await shot(page, 'simulator-wire')
    await page.getByRole('radio', { name: 'Telnyx' }).click()
    await exchanges.filter({ hasText: 'Twilio' }).first().waitFor({ state: 'detached' })
    await page.getByRole('radio', { name: 'All' }).click()
    await page.getByLabel('About').selectOption({ label: FIRST })
    await send.first().waitFor()
    await page.getByLabel('About').selectOption('')
    await page.getByRole('button', { name: 'Hold still' }).click()
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.getByText('Each webhook of a carrier').waitFor()
  })

  await t.test('its answer and its STOP reach the inbox', async () => {
    await caller.getByLabel(`Text from ${FIRST}`).fill('My furnace is out, <b>can you come?</b>')
    await caller.getByLabel(`Text from ${FIRST}`).press('Enter')
    await caller.getByText('My furnace is out, <b>can you come?</b>').waitFor()
    await page.getByText(/\d+ new/).waitFor()
    await page.getByRole('button', { name: 'Go on' }).click()
    await exchanges.first().waitFor()
    await caller.getByRole('button', { name: 'Text STOP' }).click()
    await until(async () => (await api('GET', '/opt-outs')).data.length === 1, 'an opt-out')
    const link = caller.getByRole('link', { name: 'See it in the inbox' })
    const [conversation] = (await api('GET', '/conversations')).data
    assert.equal(await link.getAttribute('href'), `/inbox/${conversation.id}`)
    await caller.getByRole('button', { name: 'Text START' }).click()
    await until(async () => (await api('GET', '/opt-outs')).data.length === 0, 'no opt-out')
  })

  await t.test('the rung phone answers, presses a key, and hangs up', async () => {
    await caller.getByRole('button', { name: 'Call Main line' }).click()
    await mike.getByRole('button', { name: 'Answer' }).click()
    await mike.getByText('On the line').waitFor()
    await mike.getByRole('button', { name: 'Keypad' }).click()
    const pressed = page.waitForResponse('**/digits')
    await mike.getByRole('button', { name: '1', exact: true }).click()
    assert.equal((await pressed).status(), 200)
    await caller.getByText('On the line').waitFor()
    await axe(page)
    await shot(page, 'simulator-talking')
    await mike.getByRole('button', { name: 'Hang up' }).click()
    await caller.getByText('You called and talked').waitFor()
  })

  await t.test('a phone that declines by itself, and one that hides its number', async () => {
    await mike.getByRole('button', { name: 'What kind of phone this is' }).click()
    await page.getByLabel('When it is called').selectOption('decline')
    await page.getByLabel('After so many seconds of ringing').waitFor()
    await axe(page)
    await shot(page, 'simulator-nature')
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('button', { name: 'Add a phone' }).click()
    await page.getByRole('textbox', { name: 'Number', exact: true }).fill('555')
    await page.getByRole('button', { name: 'Add phone' }).click()
    await page.getByText('Number is not complete').waitFor()
    await page.getByRole('checkbox', { name: 'It does not show its number' }).click()
    await page.getByRole('button', { name: 'Add phone' }).click()
    const hidden = page.getByRole('region', { name: 'Hidden number' })
    await network('PUT', '/clock', { speed: 20 }) // the greeting takes as long as it is
    await hidden.getByRole('button', { name: 'Call Main line' }).click()
    await hidden.getByText('You called and heard the greeting').waitFor()
    await until(async () => {
      const { data } = await api('GET', '/calls')
      return data[0].from === 'anonymous' && data[0].decision?.reason
    }, 'a decision about the hidden caller')
    await hidden.getByRole('button', { name: 'What kind of phone this is' }).click()
    await page.getByRole('button', { name: 'Take off the table' }).click()
    await hidden.waitFor({ state: 'detached' })
  })

  await t.test('faults, seed and the speed of time', async () => {
    await page.getByText('Faults and time').click()
    await page.getByRole('switch', { name: 'Webhooks come twice' }).click()
    await page.getByLabel('How often: Webhooks come twice').selectOption({ label: 'All' })
    await page.getByRole('switch', { name: 'Webhooks come late' }).click()
    await page.getByLabel('How late webhooks come').selectOption({ label: 'Up to 0.5 s' })
    await page.getByLabel('Seed').fill('7')
    await page.getByLabel('Seed').blur()
    await page.getByRole('radio', { name: '60×' }).click()
    await until(async () => {
      const [faults, clock] = await Promise.all([network('GET', '/faults'), network('GET', '/clock')])
      return faults.duplicate === 1 && faults.delayMs[1] === 500 && faults.seed === 7 && clock.speed === 60
    }, 'the faults on the network')
    await page.getByText('2 faults').waitFor()
    await axe(page)
    await shot(page, 'simulator-faults')
    await page.getByRole('button', { name: 'All faults off' }).click()
    await page.getByText('All is well').waitFor()
  })

  await t.test('says what is wrong when the network refuses', async () => {
    await network('PUT', '/settings', { webhooks: true })
    page.expectFault(/status of 404/)
    await page.route('**/simulator/messages', (route) =>
      route.continue({ postData: JSON.stringify({ from: '+12025550143', to: '+12025550190', body: 'lost?' }) }),
    )
    await caller.getByLabel(`Text from ${FIRST}`).fill('lost?')
    await caller.getByRole('button', { name: 'Send' }).click()
    await page.getByText('No carrier account has the number +12025550190').first().waitFor()
    assert.equal(await caller.getByLabel(`Text from ${FIRST}`).inputValue(), 'lost?', 'what was typed stays')
    await page.unroute('**/simulator/messages')
  })

  await t.test('one phone in the hand on a phone, light and dark', async (t) => {
    const storageState = await page.context().storageState()
    for (const [viewport, size] of [
      [PHONE, 'phone'],
      [DESKTOP, 'wide'],
    ] as const) {
      const isPhone = viewport === PHONE
      const other = await openPage(t, browser, { viewport, hasTouch: isPhone, storageState })
      await other.goto(`${url}/simulator`)
      await other.getByText('You called and talked').first().waitFor()
      if (isPhone) {
        assert.equal(await other.getByRole('region', { name: MIKES }).count(), 0)
        await other.getByRole('toolbar').getByRole('button', { name: MIKES }).tap()
        await other.getByRole('region', { name: MIKES }).waitFor()
        await other.getByRole('toolbar').getByRole('button', { name: FIRST }).tap()
        const small = await other.evaluate(() =>
          [...document.querySelectorAll('main button, main a, main select, main input')]
            .filter((target) => target.checkVisibility())
            .filter((target) => target.getBoundingClientRect().height < 40)
            .map((target) => target.outerHTML),
        )
        assert.deepEqual(small, [], 'a thumb can hit them')
      }
      assert.equal(await other.evaluate(() => document.documentElement.scrollWidth), viewport.width)
      for (const colorScheme of ['light', 'dark'] as const) {
        await other.emulateMedia({ colorScheme })
        await axe(other)
        await shot(other, `simulator-${size}-${colorScheme}`)
      }
      await other.context().close()
    }
  })

  await t.test('starts over', async () => {
    await page.getByRole('button', { name: 'Start over' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Start over' }).click()
    await caller.getByText('Call a number, let it ring, and hang up').waitFor()
  }) // Before the product ends, or it would complain that it is gone.
  await page.context().close()
})
