import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import type { Page } from 'playwright-core'
import { codeOf } from '../totp.ts'
import { until } from '../world.ts'
import { axe, DESKTOP, openBrowser, openPage, PHONE, shot } from './browser.ts'
import { type Mail, startInstance } from './instance.ts'

const PAT = { email: 'pat@example.com', password: 'pats-own-password' }
const KIM = { email: 'kim@example.com', password: 'kims-own-password' }

test('a public instance: https, a mail server, people from sign-up to a closed business', async (t) => {
  const { url, mailbox, database } = await startInstance(t)
  const browser = await openBrowser(t)
  const open = async (viewport = DESKTOP) => {
    const page = await openPage(t, browser, { viewport, hasTouch: viewport === PHONE, ignoreHTTPSErrors: true })
    page.expectFault(/status of 40[0-9]/)
    return page
  }
  const linkIn = ({ text, subject }: Mail): string => {
    const link = text.split('\n').find((line) => line.startsWith(url))
    assert.ok(link, `a link in “${subject}”`)
    return link
  }
  const prove = async (page: Page, { email, password }: typeof PAT) => {
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor()
    await page.goto(linkIn(await mailbox.newest(email, /address|account|sign|confirm/i)))
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Continue' }).click()
  }
  const setUpSecondFactor = async (page: Page) => {
    const secret = await page.getByLabel('Or type this key').inputValue()
    const code = (later = 0) => codeOf(`otpauth://totp/x?secret=${secret}`, later)
    await page.getByLabel('Code', { exact: true }).fill(code())
    await page.getByRole('button', { name: 'Turn on' }).click()
    const codes = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
    await codes.first().waitFor()
    const recovery = await codes.allTextContents()
    await page.getByRole('button', { name: 'I have kept them' }).click()
    return { code, recovery }
  }

  const pat = await open()
  let recovery: string[] = []

  await t.test('the first one signs up, proves the address, and is in', async () => {
    const answer = await pat.goto(`${url}/sign-up`)
    assert.match(answer?.headers()['strict-transport-security'] ?? '', /max-age=31536000/)
    await pat.getByLabel('Your name').fill('Pat')
    await pat.getByLabel('Business name').fill('Pat Plumbing')
    await pat.getByLabel('Email').fill(PAT.email)
    await pat.getByLabel('Password').fill(PAT.password)
    await pat.getByRole('button', { name: 'Create account' }).click()
    await prove(pat, PAT)
    await pat.waitForURL('**/today')
    const session = (await pat.context().cookies()).find(({ name }) => /session_token$/.test(name))
    assert.ok(session, 'a session')
    assert.match(session.name, /^__Secure-/)
    assert.deepEqual([session.secure, session.httpOnly, session.sameSite], [true, true, 'Lax'])
  })

  await t.test('after that a stranger needs an invitation', async () => {
    const stranger = await open(PHONE)
    await stranger.goto(`${url}/sign-up`)
    await stranger.getByRole('heading', { name: 'Sign-up is by invitation' }).waitFor()
    await stranger.context().close()
  })

  await t.test('a second factor is set up, and required of everybody', async () => {
    await pat.goto(`${url}/settings/people`)
    const card = pat.getByRole('region', { name: 'Your second factor' })
    await card.getByRole('button', { name: 'Set up' }).click()
    await pat.getByRole('textbox', { name: 'Your password' }).fill(PAT.password)
    await pat.getByRole('button', { name: 'Continue' }).click()
    recovery = (await setUpSecondFactor(pat)).recovery
    await card.getByText('On', { exact: true }).waitFor()
    await card.getByRole('switch').click()
    await pat.getByText('Everybody needs a second factor now').first().waitFor()
  })

  const kim = await open(PHONE)
  await t.test('who is invited by mail signs up, joins, and sets up a second factor before anything else', async () => {
    await pat.getByLabel('Email', { exact: true }).fill(KIM.email)
    await pat.getByRole('button', { name: 'Invite', exact: true }).click()
    await kim.goto(linkIn(await mailbox.newest(KIM.email, /invite/i)))
    await kim.getByRole('link', { name: 'Create an account' }).tap()
    await kim.getByLabel('Your name').fill('Kim')
    await kim.getByLabel('Email').fill(KIM.email)
    await kim.getByLabel('Password').fill(KIM.password)
    await kim.getByRole('button', { name: 'Create account' }).tap()
    await prove(kim, KIM)
    await kim.getByRole('button', { name: 'Join' }).tap()
    await kim.getByRole('heading', { name: 'Set up your second factor' }).waitFor()
    await axe(kim)
    await shot(kim, 'public-second-factor')
    await kim.getByLabel('Your password').fill(KIM.password)
    await kim.getByRole('button', { name: 'Continue' }).tap()
    await setUpSecondFactor(kim)
    await kim.waitForURL('**/today')
  })

  await t.test('a forgotten password is replaced by mail, and ends the session elsewhere', async () => {
    const other = await open(PHONE)
    await other.goto(`${url}/forgot-password`)
    await other.getByLabel('Email').fill(PAT.email)
    await other.getByRole('button', { name: 'Send the link' }).tap()
    await other.goto(linkIn(await mailbox.newest(PAT.email, /password/i)))
    await other.getByLabel('New password').fill('pats-newer-password')
    await other.getByRole('button', { name: 'Save password' }).tap()
    await other.waitForURL('**/sign-in')
    await pat.goto(`${url}/today`)
    await pat.waitForURL('**/sign-in**')
    await pat.getByLabel('Email').fill(PAT.email)
    await pat.getByLabel('Password').fill('pats-newer-password')
    await pat.getByRole('button', { name: 'Sign in' }).click()
    await pat.getByRole('button', { name: 'No phone at hand? Use a recovery code' }).click()
    await pat.getByLabel('Recovery code').fill(recovery[0] ?? '')
    await pat.getByRole('button', { name: 'Sign in' }).click()
    await pat.waitForURL('**/today')
    await other.context().close()
  })

  await t.test('the business is closed: both see the day, and after it nothing is left', async () => {
    await pat.goto(`${url}/settings/closing`)
    await pat.getByLabel('Name of the business').fill('Pat Plumbing')
    await pat.getByRole('button', { name: 'Close this business' }).click()
    await pat.getByRole('heading', { name: 'Pat Plumbing is being closed' }).waitFor()
    await mailbox.newest(PAT.email, /clos/i)
    await kim.getByRole('region', { name: 'The business is being closed' }).waitFor()
    await shot(kim, 'public-closing')
    // The week passes, and then the minute for what is under way.
    const db = new pg.Client(database.config)
    await db.connect()
    try {
      const early =
        "run_at = now() where task_id = (select id from graphile_worker._private_tasks where identifier = 'close-account')"
      await db.query("update textback.accounts set closing_at = now() - interval '1 minute'")
      await db.query(`update graphile_worker._private_jobs set ${early}`)
      await until(
        async () => (await db.query('select from textback.accounts where erasing_since is not null')).rowCount,
        'the doors shut',
      )
      await db.query("update textback.accounts set erasing_since = now() - interval '2 minutes'")
      await db.query(`update graphile_worker._private_jobs set ${early}`)
      await until(
        async () => (await db.query('select from textback.accounts')).rowCount === 0,
        'the end of the account',
      )
      assert.equal((await db.query('select from textback.users')).rowCount, 0)
    } finally {
      await db.end()
    }
    for (const page of [pat, kim]) {
      await page.goto(`${url}/today`)
      await page.waitForURL('**/sign-in**')
    }
    // With the last account gone the first one may come again.
    await pat.goto(`${url}/sign-up`)
    await pat.getByRole('button', { name: 'Create account' }).waitFor()
  })
})
