import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { MAIN } from '../world.ts'
import { axe, DESKTOP, openBrowser, openPage, PHONE, shot, signIn, startProduct } from './browser.ts'

const DANA = { email: 'dana@acme.test', name: 'Dana', password: 'danas-password', role: 'member' }

for (const [size, viewport] of [
  ['wide', DESKTOP],
  ['phone', PHONE],
] as const)
  test(`a business is closed and kept, ${size}`, async (t) => {
    const world = await startProduct(t, { provision: (file) => file.accounts[0].users.push(DANA) })
    const { url } = world
    await world.missedCall('+13125550142', MAIN)
    const browser = await openBrowser(t)
    const page = await openPage(t, browser, { viewport, hasTouch: viewport === PHONE, acceptDownloads: true })
    page.expectFault(/status of 400/)
    await signIn(page, url)
    const fits = async () =>
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), viewport.width)

    await t.test('from the settings; its data comes first', async () => {
      await page.goto(`${url}/settings/business`)
      await page.getByRole('link', { name: 'Close this business' }).click()
      await page.getByRole('heading', { level: 1, name: 'Close this business' }).waitFor()
      await page.getByRole('heading', { name: 'First, take your data with you' }).waitFor()
      await page.getByLabel('Name of the business').waitFor()
      await axe(page)
      await fits()
      await shot(page, `closing-${size}-before`)
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download everything' }).click(),
      ])
      assert.match(download.suggestedFilename(), /^textback-acme-\d{4}-\d\d-\d\d\.json$/)
      const everything = JSON.parse(await readFile(await download.path(), 'utf8'))
      assert.equal(everything.complete, true)
      assert.equal(everything.tables.numbers.length, 3)
    })

    await t.test('a wrong name is said beside its field', async () => {
      await page.getByLabel('Name of the business').fill('Acme')
      await page.getByRole('button', { name: 'Close this business' }).click()
      await page.getByText('Name of the business must be Acme HVAC.').waitFor()
      await axe(page)
      await shot(page, `closing-${size}-wrong`)
    })

    await t.test('with the right one everybody sees the day', async (t) => {
      const dana = await openPage(t, browser, { viewport, hasTouch: viewport === PHONE })
      await dana.goto(`${url}/sign-in`)
      await dana.getByLabel('Email').fill(DANA.email)
      await dana.getByLabel('Password').fill(DANA.password)
      await dana.getByRole('button', { name: 'Sign in' }).click()
      await dana.waitForURL('**/today')
      await dana.getByRole('heading', { level: 1, name: 'Today' }).waitFor()
      await page.getByLabel('Name of the business').fill('Acme HVAC')
      await page.getByRole('button', { name: 'Close this business' }).click()
      await page.getByRole('heading', { name: 'Acme HVAC is being closed' }).waitFor()
      const banner = page.getByRole('region', { name: 'The business is being closed' })
      await banner.getByText('Acme HVAC will be erased').waitFor()
      await axe(page)
      await fits()
      await shot(page, `closing-${size}-under-way`)
      // Dana's open page gets it live.
      const hers = dana.getByRole('region', { name: 'The business is being closed' })
      await hers.getByText('Acme HVAC will be erased').waitFor()
      assert.equal(await hers.getByRole('button').count(), 0)
      await dana.goto(`${url}/settings/closing`)
      await dana.getByText('Only an owner can close the business. Ask Mike.').waitFor()
      await dana.getByRole('heading', { name: 'Acme HVAC is being closed' }).waitFor()
      assert.equal(await dana.getByRole('link', { name: 'Download everything' }).count(), 0)
      await axe(dana)
      await shot(dana, `closing-${size}-member`)
      // On a screen with its own layout the composer stays in sight.
      await page.goto(`${url}/inbox`)
      await banner.waitFor()
      assert.equal(
        await page.evaluate(
          () => document.querySelector('main')!.scrollHeight > document.querySelector('main')!.clientHeight,
        ),
        false,
      )
      await shot(page, `closing-${size}-inbox`)
      await page.getByRole('list', { name: 'Conversations' }).getByRole('link').first().click()
      await page.getByText('The business is being closed: no text leaves any more.').waitFor()
      await page.getByRole('textbox', { name: /note/i }).waitFor()
      await shot(page, `closing-${size}-conversation`)
    })

    await t.test('and an owner keeps it with one press', async () => {
      const banner = page.getByRole('region', { name: 'The business is being closed' })
      await banner.getByRole('button', { name: 'Keep this business' }).click()
      await banner.waitFor({ state: 'detached' })
      await page.getByText('The business stays.').first().waitFor()
      await page.goto(`${url}/settings/audit`)
      await page.getByText('Mike kept the business after all').waitFor()
      await page.getByText('Mike asked to close the business').waitFor()
      await page.getByText('Mike downloaded everything of the business').waitFor()
    })
    await page.context().close()
  })
