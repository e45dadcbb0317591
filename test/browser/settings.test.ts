import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getCountries } from 'libphonenumber-js/max'
import type { Page } from 'playwright-core'
import { COUNTRIES } from '../../web/screens/settings/places.ts'
import { CALLER, MAIN, until } from '../world.ts'
import {
  axe,
  DESKTOP,
  openBrowser,
  openPage,
  PHONE,
  proveAddress,
  shot,
  signIn,
  startProduct,
  undo,
} from './browser.ts'

const open = async (page: Page, url: string, section: string) => {
  await page.goto(`${url}/settings/${section}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
}

test('settings', async (t) => {
  const world = await startProduct(t)
  const { url, api, ask } = world
  const browser = await openBrowser(t)
  const page = await openPage(t, browser)
  await signIn(page, url)

  await t.test('the business: what is wrong is said beside its field, what is right is kept', async () => {
    await open(page, url, 'business')
    await page.getByLabel('Name', { exact: true }).fill('   ')
    page.expectFault(/status of 400/)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Name is the name that callers read; it must say something.').waitFor()
    await axe(page)
    await page.getByLabel('Name', { exact: true }).fill('Acme Heating')
    await page.getByRole('button', { name: 'Time zone: New York, America' }).click()
    await page.getByPlaceholder('Search').fill('chicago')
    await shot(page, 'settings-zone')
    await axe(page)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Add a country' }).click()
    await page.getByPlaceholder('Search').fill('canad')
    await page.keyboard.press('Enter')
    await page.getByLabel('Segments a day, at most').fill('250')
    await page.getByLabel('Segments to one person in an hour').fill('40')
    await shot(page, 'settings-limits')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('navigation', { name: 'Main' }).getByText('Acme Heating').waitFor()
    const { name, timezone, alsoTextsCountries, dailyCap, recipientHourlyCap } = await api('GET', '/settings')
    assert.deepEqual(
      { name, timezone, alsoTextsCountries, dailyCap, recipientHourlyCap },
      {
        name: 'Acme Heating',
        timezone: 'America/Chicago',
        alsoTextsCountries: ['CA'],
        dailyCap: 250,
        recipientHourlyCap: 40,
      },
    )
    assert.deepEqual([...COUNTRIES].sort(), getCountries().sort(), 'the countries are those that the server knows')
  })

  await t.test('the business: when a customer who writes again gets a new lead', async () => {
    await open(page, url, 'business')
    const choice = page.getByLabel('Their new lead')
    assert.equal(await choice.inputValue(), 'at_once')
    const saved = async (days: number | null) => {
      await page.getByRole('button', { name: 'Save' }).click()
      await until(async () => (await api('GET', '/settings')).newLeadAfterDays === days, `${days} days`)
    }
    await choice.selectOption('Open one after some days')
    await page.getByLabel('Days after the last one was closed').fill('14')
    await axe(page)
    await choice.scrollIntoViewIfNeeded()
    await shot(page, 'settings-new-lead')
    await saved(14)
    await page.reload()
    assert.equal(await page.getByLabel('Days after the last one was closed').inputValue(), '14')
    await page.getByLabel('Days after the last one was closed').fill('3651')
    await page.getByRole('button', { name: 'Save' }).click()
    // The browser itself rejects the value as too large.
    assert.equal((await api('GET', '/settings')).newLeadAfterDays, 14)
    await choice.selectOption('Never open one by a text')
    await saved(null)
    await choice.selectOption('Open one at once')
    await saved(0)
  })

  await t.test('an API key is shown once, works, and works no more when it is revoked', async () => {
    await open(page, url, 'api-keys')
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByLabel('Name').fill('tests')
    page.expectFault(/status of 409/)
    await page.getByRole('button', { name: 'Make key' }).click()
    await page.getByText('Name is taken.').waitFor()
    await page.getByLabel('Name').fill('Booking website')
    await axe(page)
    await shot(page, 'settings-new-key')
    await page.getByRole('button', { name: 'Make key' }).click()
    const key = await page.getByLabel('Key', { exact: true }).inputValue()
    await shot(page, 'settings-made-key')
    await axe(page)
    const authorization = `Bearer ${key}`
    assert.equal((await ask('GET', '/api/v1/settings', undefined, { authorization })).status, 200)
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByRole('button', { name: 'Revoke Booking website' }).click()
    await page.getByRole('button', { name: 'Revoke key' }).click()
    await page.getByText('The key Booking website does not work any more').first().waitFor()
    assert.equal((await ask('GET', '/api/v1/settings', undefined, { authorization })).status, 401)
  })

  await t.test('an API key may as much as it is given, ends when it should, and is rolled', async (t) => {
    const phone = await openPage(t, browser, {
      viewport: PHONE,
      hasTouch: true,
      storageState: await page.context().storageState(),
    })
    for (const [at, name] of [
      [page, 'Booking site'],
      [phone, 'Phone system'],
    ] as const) {
      await open(at, url, 'api-keys')
      await at.getByRole('button', { name: 'New key' }).click()
      await at.getByLabel('Name').fill(name)
      await at.getByLabel('It may').selectOption('Send and change')
      await at.getByLabel('It ends').selectOption('In 90 days')
      await at.getByRole('button', { name: 'Make key' }).click()
      const old = await at.getByLabel('Key', { exact: true }).inputValue()
      await at.getByRole('button', { name: 'I have kept it' }).click()
      const made = (await api('GET', '/api-keys')).data.find((key: { name: string }) => key.name === name)
      assert.equal(made.scope, 'send')
      assert.ok(Math.abs(Date.parse(made.expiresAt) - Date.now() - 90 * 86_400_000) < 60_000)

      await at.getByRole('button', { name: `Roll ${name}` }).click()
      await at.getByLabel('The old secret works for').selectOption('7 days')
      await axe(at)
      await shot(at, `settings-roll-key-${at === page ? 'wide' : 'phone'}`)
      await at.getByRole('button', { name: 'Roll key' }).click()
      const key = await at.getByLabel('Key', { exact: true }).inputValue()
      await at.getByRole('button', { name: 'I have kept it' }).click()
      await at.getByText('Nothing has used it since the key was rolled.').first().waitFor()
      for (const secret of [old, key])
        assert.equal((await ask('GET', '/api/v1/calls', undefined, { authorization: `Bearer ${secret}` })).status, 200)
      await at.reload()
      await at.getByText('a program still has it').first().waitFor()
      await axe(at)
      await shot(at, `settings-api-keys-${at === page ? 'wide' : 'phone'}`)
    }
  })

  await t.test('opt-outs: by hand, found by their last digits, lifted', async () => {
    await open(page, url, 'opt-outs')
    await page.getByText('Nobody has opted out').waitFor()
    for (const [phone, note] of [
      ['(202) 555-0171', 'Asked on the phone'],
      ['202-555-0172', ''],
    ] as const) {
      await page.getByRole('button', { name: 'Add', exact: true }).click()
      await page.getByLabel('Phone', { exact: true }).fill(phone)
      await page.getByLabel('Note').fill(note)
      await page.getByRole('button', { name: 'Opt out' }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    const list = page.getByRole('list', { name: 'Opt-outs' })
    await list.getByText('(202) 555-0172').waitFor()
    await page.getByLabel('Search by phone').fill('0171')
    await list.getByText('(202) 555-0172').waitFor({ state: 'detached' })
    await list.getByText('Asked on the phone').waitFor()
    await page.getByRole('button', { name: 'Lift for +12025550171' }).click()
    await shot(page, 'settings-lift')
    await page.getByRole('button', { name: 'Lift opt-out' }).click()
    await page.getByText('No phone with 0171 has opted out').waitFor()
    const { data } = await api('GET', '/opt-outs')
    assert.deepEqual(
      data.map((optOut: { phone: string }) => optOut.phone),
      ['+12025550172'],
    )
  })

  await t.test('the lists: added, taken off, and back by Undo', async () => {
    await open(page, url, 'lists')
    const excluded = page.getByRole('region', { name: 'Excluded' })
    await excluded.getByLabel('Phone').fill('12')
    await excluded.getByRole('button', { name: 'Add' }).click()
    await excluded.getByText('Phone is not a phone number that exists').waitFor()
    await excluded.getByLabel('Phone').fill('202 555 0181')
    await excluded.getByLabel('Note').fill('Supplier')
    await excluded.getByRole('button', { name: 'Add' }).click()
    await excluded.getByText('(202) 555-0181').waitFor()
    await excluded.getByRole('button', { name: 'Take (202) 555-0181 off' }).click()
    await excluded.getByText('(202) 555-0181').waitFor({ state: 'detached' })
    await undo(page, '(202) 555-0181 is off the list')
    await excluded.getByText('(202) 555-0181').waitFor()
    await excluded.getByText('Supplier ·').waitFor()
  })

  await t.test('canned replies: written, renamed, deleted, and back by Undo', async () => {
    await open(page, url, 'canned-replies')
    for (const [title, body] of [
      ['On my way', 'I’m on my way, about 20 minutes.'],
      ['Photo?', 'Could you send a photo of the unit?\nThen I bring the right parts.'],
    ] as const) {
      await page.getByRole('button', { name: 'New reply' }).click()
      await page.getByLabel('Title').fill(title)
      await page.getByLabel('Text').fill(body)
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('heading', { name: title }).waitFor()
    }
    await page.getByRole('button', { name: 'Edit Photo?' }).click()
    await page.getByLabel('Title').fill('On my way')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Title is taken.').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Delete On my way' }).click()
    await page.getByRole('heading', { name: 'On my way' }).waitFor({ state: 'detached' })
    await undo(page, '“On my way” is deleted')
    await page.getByRole('heading', { name: 'On my way' }).waitFor()
  })

  await t.test('the pipeline: moved by keyboard and mouse, and a stage with leads stays', async () => {
    await world.missedCall(CALLER, MAIN)
    await world.decided(CALLER)
    await open(page, url, 'pipeline')
    const names = () => page.getByRole('list', { name: 'Stages' }).locator('li > span:first-of-type').allTextContents()
    const isOrder = (order: string[]) => until(async () => (await names()).join() === order.join(), order.join())
    await page.getByText('1 open lead', { exact: true }).waitFor()
    const before = await names()
    const [first, second] = before as [string, string]
    await page.getByLabel('New stage').fill('Parts ordered')
    await page.getByRole('button', { name: 'Add stage' }).click()
    await isOrder([...before, 'Parts ordered'])
    await page.getByRole('button', { name: /Move Parts ordered/ }).press('ArrowUp')
    await isOrder([...before.slice(0, -1), 'Parts ordered', before.at(-1)!])
    const handle = await page.getByRole('button', { name: new RegExp(`Move ${second}`) }).boundingBox()
    const target = await page.getByRole('button', { name: new RegExp(`Move ${first}`) }).boundingBox()
    await page.mouse.move(handle!.x + 10, handle!.y + 10)
    await page.mouse.down()
    await page.mouse.move(target!.x + 10, target!.y + 14, { steps: 6 })
    await shot(page, 'settings-dragging')
    await page.mouse.up()
    await until(async () => (await names())[0] === second, `${second} first`)
    await page.getByRole('button', { name: `More for ${first}` }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByText('Leads are in this stage. Move them to another stage first').first().waitFor()
    await page.getByRole('button', { name: 'More for Parts ordered' }).click()
    await page.getByRole('menuitem', { name: 'Rename' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Waiting for parts')
    await page.getByRole('button', { name: 'Rename' }).click()
    await page.getByText('Waiting for parts').waitFor()
    const { stages } = await api('GET', '/leads/board')
    await isOrder(stages.map((stage: { name: string }) => stage.name))
  })

  await t.test('people: invited by link, joined as a member, made an owner, taken out', async (t) => {
    await open(page, url, 'people')
    await page.getByLabel('Email', { exact: true }).fill('dana@acme.test')
    await page.getByRole('button', { name: 'Invite', exact: true }).click()
    const link = await page.getByLabel('Their link').inputValue()
    await shot(page, 'settings-invited')
    await axe(page)
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByLabel('Email', { exact: true }).fill('dana@acme.test')
    await page.getByRole('button', { name: 'Invite', exact: true }).click()
    await page.getByText('Email is invited already.').waitFor()

    const dana = await openPage(t, browser, { viewport: PHONE, hasTouch: true, colorScheme: 'dark' })
    dana.expectFault(/status of 403/) // once she is out
    await dana.goto(link)
    await dana.getByRole('link', { name: 'Create an account' }).click()
    await dana.getByLabel('Your name').fill('Dana')
    await dana.getByLabel('Email').fill('dana@acme.test')
    await dana.getByLabel('Password').fill('danas-password')
    await dana.getByRole('button', { name: 'Create account' }).click()
    await proveAddress(dana, world, 'dana@acme.test', 'danas-password')
    await dana.getByRole('button', { name: 'Join' }).click()
    await dana.waitForURL('**/today')
    await open(dana, url, 'people')
    await dana.getByText('Only an owner can invite people and change their roles. Ask Mike.').waitFor()
    await axe(dana)
    await shot(dana, 'settings-member-people')
    for (const [section, says] of [
      ['business', 'Only an owner can change this. Ask Mike.'],
      ['api-keys', 'Only an owner can see and make API keys. Ask Mike.'],
      ['pipeline', 'Only an owner can change the stages. Ask Mike.'],
      ['audit', 'Only an owner can read the audit log. Ask Mike.'],
    ] as const) {
      await open(dana, url, section)
      await dana.getByText(says).waitFor()
      await axe(dana)
      await shot(dana, `settings-member-${section}`)
    }
    assert.equal(await dana.getByRole('button', { name: 'New key' }).count(), 0)

    // It arrived by the live feed: nobody reloaded Mike's page.
    await page.getByLabel('Role of Dana').selectOption('owner')
    await page.getByText('Dana is an owner now').first().waitFor()
    await page.getByRole('button', { name: 'Take Dana out' }).click()
    await page.getByRole('button', { name: 'Take out', exact: true }).click()
    await page.getByLabel('Role of Dana').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: /^Leave/ }).click()
    await page.getByRole('button', { name: 'Leave', exact: true }).click()
    await page.getByText('The business needs an owner. Make somebody else an owner first.').first().waitFor()
  })

  await t.test('another password ends the other sessions', async (t) => {
    const other = await openPage(t, browser)
    other.expectFault(/status of 401/)
    await signIn(other, url)
    await open(page, url, 'people')
    await page.getByRole('button', { name: 'Sign out everywhere else' }).waitFor()
    await page.getByLabel('Current password').fill('not-it')
    await page.getByLabel('New password').fill('mikes-new-password')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Current password is not right.').waitFor()
    await page.getByLabel('Current password').fill('mikes-password')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByRole('button', { name: 'Sign out everywhere else' }).waitFor({ state: 'detached' })
    await other.goto(`${url}/today`)
    await other.waitForURL('**/sign-in**')
  })

  await t.test('the audit log says it all in sentences', async () => {
    await open(page, url, 'audit')
    for (const sentence of [
      /^Mike changed the settings of the business: the name, .*the time zone/,
      'Mike opted (202) 555-0171 out',
      'Mike made the API key “Booking website”, which may read',
      'Mike gave the API key “Booking site” a new secret',
      'Mike put (202) 555-0181 on the exclusion list',
      'Mike invited dana@acme.test as a member',
      'Dana joined as a member',
      'Mike made Dana an owner',
      'Mike took Dana out',
    ])
      await page.getByText(sentence).first().waitFor()
    assert.equal(await page.getByText('did:').count(), 0)
    // The heading shows the day.
    for (const time of await page.getByRole('listitem').locator('time').allTextContents())
      assert.match(time, /^\d{1,2}:\d\d\s[AP]M$/)
  })

  await t.test('every section fits, light and dark', async (t) => {
    const storageState = await page.context().storageState()
    // shell.test.ts checks all four of width and theme with little data; here they are full.
    for (const [viewport, colorScheme] of [
      [PHONE, 'light'],
      [DESKTOP, 'dark'],
    ] as const) {
      const isPhone = viewport === PHONE
      const other = await openPage(t, browser, { viewport, hasTouch: isPhone, colorScheme, storageState })
      for (const [section, contains] of [
        ['business', 'segments sent today'],
        ['people', 'mike@acme.test'],
        ['pipeline', 'Waiting for parts'],
        ['canned-replies', 'On my way'],
        ['opt-outs', '(202) 555-0172'],
        ['lists', '(202) 555-0181'],
        ['api-keys', 'tb_…'],
        ['audit', 'Mike'],
      ] as const) {
        await open(other, url, section)
        await other.getByRole('main').getByText(contains).first().waitFor()
        assert.equal(await other.evaluate(() => document.documentElement.scrollWidth), viewport.width, section)
        await axe(other)
        await shot(other, `settings-${isPhone ? 'phone' : 'wide'}-${colorScheme}-${section}`)
      }
      await other.context().close()
    }
  })
  // Closed before the product stops, or the page would report that it is gone.
  await page.context().close()
})
