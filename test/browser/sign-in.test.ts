import assert from 'node:assert/strict'
import { test } from 'node:test'
import { axe, openBrowser, openPage, PHONE, proveAddress, signIn, startProduct } from './browser.ts'

test('the ways in', async (t) => {
  const world = await startProduct(t)
  const { url } = world
  const browser = await openBrowser(t)

  await t.test('signs in by the form, and comes back to where one wanted to go', async (t) => {
    const page = await openPage(t, browser)
    page.expectFault(/status of 401/)
    await page.goto(`${url}/leads`)
    await page.waitForURL('**/sign-in?back=**')
    await axe(page)
    await page.getByLabel('Email').fill('mike@acme.test')
    await page.getByLabel('Password').fill('not-mikes-password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page
      .getByRole('alert')
      .filter({ hasText: /^Wrong email or password\.$/ })
      .waitFor()
    await axe(page)
    await page.getByLabel('Password').fill('mikes-password')
    await page.getByLabel('Password').press('Enter')
    await page.waitForURL('**/leads')
    await page.getByRole('heading', { name: 'Leads', exact: true }).waitFor()
  })

  await t.test('leads to no other site after signing in', async (t) => {
    const page = await openPage(t, browser)
    await page.goto(`${url}/sign-in?back=${encodeURIComponent('//example.com/today')}`)
    await page.getByLabel('Email').fill('mike@acme.test')
    await page.getByLabel('Password').fill('mikes-password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL((at) => at.pathname !== '/sign-in')
    assert.equal(new URL(page.url()).origin, url)
  })

  await t.test('signs up a new business', async (t) => {
    const page = await openPage(t, browser, { viewport: PHONE, hasTouch: true, timezoneId: 'America/Chicago' })
    await page.goto(`${url}/sign-up`)
    await page.getByLabel('Your name').fill('Dana')
    await page.getByLabel('Business name').fill('Dana’s Roofs')
    await page.getByLabel('Email').fill('dana@roofs.test')
    await page.getByLabel('Password').fill('danas-password')
    await axe(page)
    await page.getByRole('button', { name: 'Create account' }).click()
    await proveAddress(page, world, 'dana@roofs.test', 'danas-password')
    await page.waitForURL('**/today')
    const settings = await page.evaluate(() => fetch('/api/v1/settings').then((answer) => answer.json()))
    assert.equal(settings.name, 'Dana’s Roofs')
    assert.equal(settings.timezone, 'America/Chicago')
  })

  await t.test('lets an invited person in, who makes an account on the way', async (t) => {
    const owner = await openPage(t, browser)
    await signIn(owner, url)
    const { id } = await owner.evaluate(async () => {
      const answer = await fetch('/api/auth/organization/invite-member', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ organizationId: 'acme', email: 'lee@acme.test', role: 'member' }),
      })
      return answer.json()
    })
    const page = await openPage(t, browser, { viewport: PHONE, hasTouch: true })
    await page.goto(`${url}/accept-invitation?id=${id}`)
    await page.getByRole('heading', { name: 'You are invited' }).waitFor()
    await axe(page)
    await page.getByRole('link', { name: 'Create an account' }).tap()
    await page.getByLabel('Your name').fill('Lee')
    await page.getByLabel('Email').fill('lee@acme.test')
    await page.getByLabel('Password').fill('lees-password')
    assert.equal(await page.getByLabel('Business name').count(), 0, 'the business is there already')
    await page.getByRole('button', { name: 'Create account' }).tap()
    await proveAddress(page, world, 'lee@acme.test', 'lees-password')
    await page.getByRole('heading', { name: 'Join Acme HVAC' }).waitFor()
    await axe(page)
    await page.getByRole('button', { name: 'Join' }).tap()
    await page.waitForURL('**/today')
    const me = await page.evaluate(() => fetch('/api/v1/me').then((answer) => answer.json()))
    assert.equal(me.account.name, 'Acme HVAC')
    assert.equal(me.role, 'member')
  })

  await t.test('tells who is invited no more', async (t) => {
    const page = await openPage(t, browser)
    page.expectFault(/status of 400/)
    await signIn(page, url)
    await page.goto(`${url}/accept-invitation?id=gone`)
    await page.getByRole('heading', { name: 'This invitation does not work' }).waitFor()
  })

  await t.test('mails a link to a new password, and says when a link is too old', async (t) => {
    const page = await openPage(t, browser)
    page.expectFault(/status of 400/)
    await page.goto(`${url}/sign-in`)
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await page.getByRole('heading', { name: 'Forgot your password?' }).waitFor()
    await page.getByLabel('Email').fill('mike@acme.test')
    await page.getByRole('button', { name: 'Send the link' }).click()
    await page.getByRole('status').filter({ hasText: 'mike@acme.test' }).waitFor()
    await axe(page)
    await page.goto(`${url}/reset-password?token=too-old`)
    await page.getByLabel('New password').fill('another-password')
    await page.getByRole('button', { name: 'Save password' }).click()
    await page.getByRole('alert').waitFor()
    await axe(page)
    await page.getByRole('link', { name: 'Ask for a new link' }).click()
    await page.getByRole('heading', { name: 'Forgot your password?' }).waitFor()
  })
})
