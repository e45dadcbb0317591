import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { withDatabase } from '../rows.ts'
import { linkTo } from '../session.ts'
import { codeOf } from '../totp.ts'
import { axe, DESKTOP, openBrowser, openPage, PHONE, proveAddress, shot, startProduct } from './browser.ts'

const WIDTHS = [PHONE, DESKTOP]
const MINUTES = 60_000

test('from signing up to a second factor and a new password, as a stranger walks it', async (t) => {
  let ahead = 0
  const world = await startProduct(t, { now: () => new Date(Date.now() + ahead) })
  const browser = await openBrowser(t)
  for (const viewport of WIDTHS) {
    const width = viewport.width
    const email = `pat-${width}@example.com`
    const seen = async (page: Page, name: string) => {
      await axe(page)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.ok(overflow <= 0, `${name} is ${overflow} px too wide`)
      await shot(page, `${name}-${width}`)
    }
    const open = (t: Parameters<typeof openPage>[0], browser: Browser) =>
      openPage(t, browser, { viewport, hasTouch: viewport === PHONE })

    await t.test(`at ${width} px`, async (t) => {
      const page = await open(t, browser)
      page.expectFault(/status of 40[0-9]/)

      // Signs up, with a password and a name that do not do.
      await page.goto(`${world.url}/sign-up`)
      await page.getByLabel('Your name').fill('Pat')
      await page.getByLabel('Business name').fill('pat.example.com')
      await page.getByLabel('Email').fill(email)
      await page.getByLabel('Password').fill('password123')
      await page.getByRole('button', { name: 'Create account' }).click()
      await page.getByText('Business name must not hold a link').waitFor()
      await page.getByLabel('Business name').fill('Pat Plumbing')
      await page.getByRole('button', { name: 'Create account' }).click()
      await page.getByText('Password is too common or too close to your name. Choose another.').waitFor()
      await seen(page, 'sign-up')
      await page.getByLabel('Password').fill('pats-password')
      await page.getByRole('button', { name: 'Create account' }).click()
      await page.getByRole('heading', { name: 'Look into your mail' }).waitFor()
      await page.getByText('Nothing came? Look into the spam folder.', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Send it again' }).click()
      await seen(page, 'sign-up-sent')

      // Proves the address.
      await page.goto(linkTo(world, email).href)
      await page.getByLabel('Password').fill('not-the-one')
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByText('Password is not the one that you chose').waitFor()
      await seen(page, 'prove-address')
      await page.getByLabel('Password').fill('pats-password')
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.waitForURL('**/today')

      // Sets up a second factor, and requires one of everybody.
      await page.goto(`${world.url}/settings/people`)
      const card = page.getByRole('region', { name: 'Your second factor' })
      await card.getByText('Set up yours first.').waitFor()
      await card.getByRole('button', { name: 'Set up' }).click()
      await page.getByRole('textbox', { name: 'Your password' }).fill('not-the-one')
      await page.getByRole('button', { name: 'Continue' }).click()
      await page
        .getByRole('alert')
        .filter({ hasText: /^That password is wrong\.$/ })
        .waitFor()
      await page.getByRole('textbox', { name: 'Your password' }).fill('pats-password')
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByRole('img', { name: 'The second factor, to scan' }).waitFor()
      const secret = await page.getByLabel('Or type this key').inputValue()
      await seen(page, 'second-factor-scan')
      const code = (later = 0) => codeOf(`otpauth://totp/x?secret=${secret}`, later)
      await page.getByLabel('Code', { exact: true }).fill('000000')
      await page.getByRole('button', { name: 'Turn on' }).click()
      await page.getByText('That code is wrong or too old; use the one shown now.').waitFor()
      await page.getByLabel('Code', { exact: true }).fill(code())
      await page.getByRole('button', { name: 'Turn on' }).click()
      await page.getByRole('button', { name: 'I have kept them' }).waitFor()
      const codes = await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allTextContents()
      assert.equal(codes.length, 10)
      await seen(page, 'second-factor-codes')
      await page.getByRole('button', { name: 'I have kept them' }).click()
      await card.getByText('On', { exact: true }).waitFor()
      await card.getByRole('button', { name: 'Turn off' }).waitFor()
      await card.getByRole('switch').click()
      await page.getByText('Everybody needs a second factor now').first().waitFor()
      await card.getByText('Your business requires it.').waitFor()
      assert.equal(await card.getByRole('button', { name: 'Turn off' }).count(), 0)
      await page.goto(`${world.url}/settings/audit`)
      await page.getByText('Pat required a second factor of everybody').waitFor()
      await page.goto(`${world.url}/settings/people`)
      await card.scrollIntoViewIfNeeded()
      await seen(page, 'second-factor-on')

      // Invites Kim, who must set one up before anything else.
      const kims = `kim-${width}@example.com`
      await page.getByLabel('Email', { exact: true }).fill(kims)
      await page.getByRole('button', { name: 'Invite', exact: true }).click()
      const link = await page.getByLabel('Their link').inputValue()
      await page.getByRole('button', { name: 'Done' }).click()
      const kim = await open(t, browser)
      kim.expectFault(/status of 403/)
      await kim.goto(link)
      await kim.getByRole('link', { name: 'Create an account' }).click()
      await kim.getByLabel('Your name').fill('Kim')
      await kim.getByLabel('Email').fill(kims)
      await kim.getByLabel('Password').fill('kims-password')
      await kim.getByRole('button', { name: 'Create account' }).click()
      await proveAddress(kim, world, kims, 'kims-password')
      await kim.getByRole('button', { name: 'Join' }).click()
      await kim.getByRole('heading', { name: 'Set up your second factor' }).waitFor()
      await seen(kim, 'second-factor-required')
      await kim.goto(`${world.url}/inbox`)
      await kim.waitForURL('**/second-factor')
      await kim.getByLabel('Your password').fill('kims-password')
      await kim.getByRole('button', { name: 'Continue' }).click()
      const hers = await kim.getByLabel('Or type this key').inputValue()
      await kim.getByLabel('Code', { exact: true }).fill(codeOf(`otpauth://totp/x?secret=${hers}`))
      await kim.getByRole('button', { name: 'Turn on' }).click()
      await kim.getByRole('button', { name: 'I have kept them' }).click()
      await kim.waitForURL('**/today')

      // Signs in with it, on another device.
      const other = await open(t, browser)
      other.expectFault(/status of 401/)
      const password = async (word: string) => {
        await other.goto(`${world.url}/sign-in`)
        await other.getByLabel('Email').fill(email)
        await other.getByLabel('Password').fill(word)
        await other.getByRole('button', { name: 'Sign in' }).click()
        await other.getByRole('heading', { name: 'Your second factor' }).waitFor()
      }
      await password('pats-password')
      await seen(other, 'sign-in-code')
      await other.getByLabel('Code').fill('111 111')
      await other.getByRole('button', { name: 'Sign in' }).click()
      await other.getByText('That code is wrong or too old; use the one shown now.').waitFor()
      await other.getByLabel('Code').fill(code(1))
      await other.getByRole('button', { name: 'Sign in' }).click()
      await other.waitForURL('**/today')

      // Forgets the password, and has lost the phone.
      await other.context().clearCookies()
      await other.goto(`${world.url}/forgot-password`)
      await other.getByLabel('Email').fill(email)
      await other.getByRole('button', { name: 'Send the link' }).click()
      await other.getByRole('status').filter({ hasText: email }).waitFor()
      other.expectFault(/status of 400/)
      const reset = linkTo(world, email).href
      await other.goto(reset)
      await other.getByLabel('New password').fill('iloveyou1')
      await other.getByRole('button', { name: 'Save password' }).click()
      await other.getByText('New password is too common or too close to your name. Choose another.').waitFor()
      await seen(other, 'reset-password')
      await other.getByLabel('New password').fill('pats-second-password')
      await other.getByRole('button', { name: 'Save password' }).click()
      await other.waitForURL('**/sign-in')
      await other.goto(reset)
      await other.getByLabel('New password').fill('pats-third-password')
      await other.getByRole('button', { name: 'Save password' }).click()
      await other.getByRole('heading', { name: 'This link does not work' }).waitFor()
      await seen(other, 'reset-password-spent')
      await password('pats-second-password')
      await other.getByRole('button', { name: 'No phone at hand? Use a recovery code' }).click()
      await other.getByLabel('Recovery code').fill('abcde-fghij')
      await other.getByRole('button', { name: 'Sign in' }).click()
      await other.getByText('That recovery code is wrong, or was used already.').waitFor()
      await other.getByLabel('Recovery code').fill(codes[0] ?? '')
      await seen(other, 'sign-in-recovery')
      await other.getByRole('button', { name: 'Sign in' }).click()
      await other.waitForURL('**/today')

      // Everywhere else it has ended.
      await page.goto(`${world.url}/today`)
      await page.waitForURL('**/sign-in**')
      ahead += 5 * MINUTES
    })
  }

  await t.test('somebody from before addresses were proven sees what to do', async (t) => {
    await withDatabase(world, '*', (db) =>
      db.query("update users set email_verified = false where email = 'mike@acme.test'"),
    )
    for (const viewport of WIDTHS) {
      const page = await openPage(t, browser, { viewport, hasTouch: viewport === PHONE })
      await page.goto(`${world.url}/sign-in`)
      await page.getByLabel('Email').fill('mike@acme.test')
      await page.getByLabel('Password').fill('mikes-password')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForURL('**/today')
      await page.goto(`${world.url}/settings/people`)
      await page.getByRole('button', { name: 'Mail me the link' }).click()
      await page.getByText('A link is on its way to mike@acme.test').waitFor()
      await axe(page)
      await shot(page, `prove-your-address-${viewport.width}`)
      if (viewport === PHONE) continue
      await page.goto(linkTo(world, 'mike@acme.test').href)
      await page.getByRole('button', { name: 'Yes, it is mine' }).click()
      await page.getByText('Your address is proven').first().waitFor()
      await page.goto(`${world.url}/settings/people`)
      await page.getByRole('region', { name: 'Your second factor' }).waitFor()
      assert.equal(await page.getByRole('heading', { name: 'Prove your address' }).count(), 0)
    }
  })

  await t.test('and whoever may not sign up is told who to ask', async (t) => {
    for (const signUp of ['invite', 'off'] as const) {
      world.app.world.signUp = signUp
      const page = await openPage(t, browser, { viewport: PHONE, hasTouch: true })
      await page.goto(`${world.url}/sign-in`)
      await page.getByRole('button', { name: 'Sign in' }).waitFor()
      assert.equal(await page.getByText('New here?').count(), 0)
      await page.goto(`${world.url}/sign-up`)
      await page
        .getByRole('heading', { name: signUp === 'off' ? 'Sign-up is closed' : 'Sign-up is by invitation' })
        .waitFor()
      await axe(page)
      await shot(page, `sign-up-${signUp}`)
    }
  })
})
