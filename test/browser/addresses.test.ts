import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { BrowserContextOptions } from 'playwright-core'
import { CALLER, type Json, MAIN, SALES, until } from '../world.ts'
import { axe, DESKTOP, openBrowser, openPage, PHONE, shot, signInOnce, startProduct, undo } from './browser.ts'

const OFFICE = '+13125550146'
const STRANGER = '+13125550147'

test('a person with several phones', async (t) => {
  const world = await startProduct(t)
  const browser = await openBrowser(t)
  const { url, network, api } = world
  const signedIn = await signInOnce(t, browser, url)
  const open = (t: TestContext, options: BrowserContextOptions = {}) =>
    openPage(t, browser, { storageState: signedIn, ...options })

  for (const phone of [CALLER, OFFICE, STRANGER]) {
    await world.missedCall(phone, MAIN)
    await world.textsOn(phone)
  }
  const idOf = async (phone: string) => (await world.callsFrom(phone))[0].contactId
  const dana = await idOf(CALLER)
  await api('PATCH', `/contacts/${dana}`, { name: 'Dana Whitfield' })
  const contact = () => api('GET', `/contacts/${dana}`)
  const conversation = async () => (await api('GET', `/conversations?contactId=${dana}`)).data[0]

  await t.test('comes of a merge, which says that all phones stay', async (t) => {
    const page = await open(t)
    await page.goto(`${url}/contacts/${dana}`)
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitem', { name: /Merge/ }).click()
    const dialog = page.getByRole('dialog', { name: 'Merge with another contact' })
    await dialog.getByLabel('Who is the same person?').fill('0146')
    await dialog.getByRole('button', { name: /\(312\) 555-0146/ }).click()
    await dialog.getByText(/All phones stay: a call or a text from \(312\) 555-0143 or \(312\) 555-0146/).waitFor()
    await axe(page)
    await shot(page, 'addresses-merge')
    await dialog.getByRole('button', { name: 'Merge', exact: true }).click()
    await page.getByText('The two are one contact now, with the phones of both').first().waitFor()
    await page.getByRole('list', { name: 'Other phones' }).getByText('(312) 555-0146').waitFor()
  })

  await t.test('has them all on the contact screen: labelled, added, ordered and taken off', async (t) => {
    const page = await open(t)
    page.expectFault(/status of 409/)
    await page.goto(`${url}/contacts/${dana}`)
    const others = page.getByRole('list', { name: 'Other phones' })
    const more = async (phone: string, act: string) => {
      await page.getByRole('button', { name: `More for ${phone}` }).click()
      await page.getByRole('menuitem', { name: act }).click()
    }
    await more('(312) 555-0146', 'Label it')
    await page.getByLabel('Label').fill('Office')
    await page.getByRole('button', { name: 'Save label' }).click()
    await others.getByText('Office').waitFor()

    await page.getByRole('button', { name: 'Add another phone' }).click()
    await page.getByLabel('New phone').fill('(312) 555-0147')
    await page.getByRole('button', { name: 'Add phone' }).click()
    await page.getByText('New phone belongs to another contact.').waitFor()
    await page.getByText('If it is the same person, merge the two').waitFor()
    await axe(page)
    await shot(page, 'addresses-taken')
    await page.getByLabel('New phone').fill('(312) 555-0148')
    await page.getByLabel('Label').fill('Home')
    await page.getByRole('button', { name: 'Add phone' }).click()
    await others.getByText('(312) 555-0148').waitFor()

    await more('(312) 555-0148', 'Make it the primary phone')
    await page.getByRole('button', { name: /Phone \(312\) 555-0148/ }).waitFor()
    await others.getByText('(312) 555-0143').waitFor()
    await more('(312) 555-0143', 'Make it the primary phone')
    await page.getByRole('button', { name: /Phone \(312\) 555-0143/ }).waitFor()

    await more('(312) 555-0148', 'Take it off')
    await others.getByText('(312) 555-0148').waitFor({ state: 'detached' })
    await undo(page, '(312) 555-0148 is taken off')
    await others.getByText('Home').waitFor()
    await more('(312) 555-0148', 'Take it off')
    await until(async () => (await contact()).addresses.length === 2, 'two phones')
    assert.deepEqual(
      (await contact()).addresses.map((a: Json) => [a.address, a.label, a.primary]),
      [
        [CALLER, '', true],
        [OFFICE, 'Office', false],
      ],
    )
  })

  await t.test(
    'opts out at one of them: the other can be texted, and the composer says where a text goes',
    async (t) => {
      const page = await open(t)
      await network('POST', '/messages', { from: OFFICE, to: MAIN, body: 'I am in the office today' })
      await until(async () => (await conversation()).repliesTo === OFFICE, 'the office')
      await page.goto(`${url}/inbox/${(await conversation()).id}`)
      const to = page.getByLabel('Text to')
      assert.equal(await to.inputValue(), OFFICE)
      assert.equal(await page.getByRole('link', { name: 'Call back' }).getAttribute('href'), `tel:${OFFICE}`)
      await page.getByLabel('Reply', { exact: true }).fill('We come at two.')
      await page.keyboard.press('Control+Enter')
      await until(async () => (await world.textsOn(OFFICE)).some(({ body }) => body === 'We come at two.'), 'a reply')

      await network('POST', '/messages', { from: OFFICE, to: MAIN, body: 'Stop texting me here' })
      await page.getByText('They opted out of texts at (312) 555-0146.').waitFor()
      await page.getByText('They opted out of texts at (312) 555-0146 in their own words').waitFor()
      await page.getByRole('button', { name: 'Text', exact: true, disabled: true }).waitFor()
      await axe(page)
      for (const viewport of [DESKTOP, PHONE]) {
        await page.setViewportSize(viewport)
        await shot(page, `addresses-opted-out-${viewport.width}`)
      }
      await page.setViewportSize(DESKTOP)
      await to.selectOption(CALLER)
      await page.getByLabel('Reply', { exact: true }).fill('Then to this phone.')
      await page.keyboard.press('Control+Enter')
      await until(
        async () => (await world.textsOn(CALLER)).some(({ body }) => body === 'Then to this phone.'),
        'a reply',
      )
      await page.getByText('They opted out of texts at (312) 555-0146.', { exact: true }).waitFor({ state: 'detached' })
      assert.equal(await to.inputValue(), CALLER)

      await page.goto(`${url}/contacts/${dana}`)
      await page.getByRole('list', { name: 'Other phones' }).getByText('Opted out').waitFor()
      await network('PUT', `/phones/${encodeURIComponent(CALLER)}`, { kind: 'landline' })
      await world.missedCall(CALLER, SALES)
      await page.getByText('Landline', { exact: true }).waitFor()
      for (const viewport of [DESKTOP, PHONE])
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.setViewportSize(viewport)
          await page.emulateMedia({ colorScheme })
          await axe(page)
          await shot(page, `addresses-contact-${viewport.width}-${colorScheme}`)
          const width = await page.evaluate(() => document.documentElement.scrollWidth)
          assert.equal(width, viewport.width, 'nothing is wider than the screen')
        }
      await page.setViewportSize(DESKTOP)
      await page.getByRole('button', { name: 'More for (312) 555-0146' }).click()
      await page.getByRole('menuitem', { name: 'They asked for texts again' }).click()
      await page.getByRole('button', { name: 'Lift the opt-out' }).click()
      await page.getByRole('list', { name: 'Other phones' }).getByText('Opted out').waitFor({ state: 'detached' })
    },
  )

  await t.test('whose lead was won writes again: the timeline says that there is a new one', async (t) => {
    const [lead] = (await api('GET', `/leads?contactId=${dana}&status=open`)).data
    await api('PATCH', `/leads/${lead.id}`, { status: 'won' })
    await network('POST', '/messages', { from: OFFICE, to: SALES, body: 'Can you look at the boiler, too?' })
    const page = await open(t)
    await page.goto(`${url}/contacts/${dana}`)
    await page.getByText('New lead: they wrote again after the last one was won').waitFor()
  })

  await t.test(
    'wrote to a number that was deleted: before one writes it is said where a text leaves from',
    async (t) => {
      const page = await open(t)
      await until(async () => (await conversation()).number === SALES, 'the sales line')
      await page.goto(`${url}/inbox/${(await conversation()).id}`)
      await page.getByText('on Sales').waitFor()
      assert.equal(await page.getByRole('note').count(), 0)
      const sales = (await api('GET', '/numbers')).data.find(({ number }: Json) => number === SALES)
      assert.ok(sales)
      await api('DELETE', `/numbers/${SALES}`)
      const note = page.getByRole('note')
      await note
        .getByText(
          'They know you by (202) 555-0101, which was deleted: your text leaves from (202) 555-0100 (Main line).',
        )
        .waitFor()
      await page.getByText('(202) 555-0101 (deleted)').waitFor()
      for (const viewport of [DESKTOP, PHONE]) {
        await page.setViewportSize(viewport)
        await axe(page)
        await shot(page, `addresses-deleted-${viewport.width}`)
      }

      for (const { number } of (await api('GET', '/numbers')).data) await api('DELETE', `/numbers/${number}`)
      await note.getByText('there is no other number that a text could leave from').waitFor()
      await page.getByRole('button', { name: 'Text', exact: true, disabled: true }).waitFor()
      await page.getByLabel('Note', { exact: true }).fill('Call them back')
      await axe(page)
      await shot(page, 'addresses-no-number')
      await api('POST', '/numbers', { number: MAIN, carrier: 'main', mode: 'cfna', label: 'Main line' })
      await note.getByText('your text leaves from (202) 555-0100').waitFor()
      await page.getByRole('button', { name: 'Text', exact: true }).click()
      await page.getByLabel('Reply', { exact: true }).fill('We are back.')
      await page.keyboard.press('Control+Enter')
      await until(async () => (await world.textsOn(OFFICE)).some(({ body }) => body === 'We are back.'), 'the text')
      await note.waitFor({ state: 'detached' })
    },
  )
})
