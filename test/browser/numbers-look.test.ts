import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAIN, SALES, WORKSHOP } from '../world.ts'
import { axe, DESKTOP, openBrowser, openPage, PHONE, shot, signIn, startProduct } from './browser.ts'

const hours = {
  days: {
    mon: [
      ['08:00', '12:00'],
      ['13:00', '17:00'],
    ],
    tue: [],
    wed: [],
    thu: [],
    fri: [],
    sat: [],
    sun: [],
  },
  exceptions: [{ date: '2026-12-25', periods: [], note: 'Christmas' }],
}

/** A number whose page shows everything: advice, other messages, hours with an exception. */
function busyLine(file: { accounts: { numbers: object[] }[] }) {
  const [main, sales] = file.accounts[0]!.numbers
  Object.assign(main!, { ringSeconds: 30 })
  Object.assign(sales!, {
    hours,
    textBack: { message: 'Hi ✓ {{business}}', repeatMessage: 'Again!', afterHoursMessage: 'We sleep. {{business}}' },
  })
}

const parts = [
  [SALES, 'text-back'],
  [MAIN, 'calls'],
  [SALES, 'calls'],
  [SALES, 'hours'],
  [MAIN, 'limits'],
  [WORKSHOP, 'setup'],
  [MAIN, 'test'],
] as const

test('every part of a number fits a phone and a desk, light and dark, and axe finds nothing', async (t) => {
  const { url } = await startProduct(t, { provision: busyLine })
  const browser = await openBrowser(t)
  for (const [viewport, colorScheme, size, shown] of [
    [DESKTOP, 'light', 'wide-light', parts],
    [PHONE, 'dark', 'phone-dark', parts],
    [DESKTOP, 'dark', 'wide-dark', parts.slice(0, 1)],
    [PHONE, 'light', 'phone-light', parts.slice(0, 1)],
  ] as const) {
    await t.test(size, async (t) => {
      const page = await openPage(t, browser, { viewport, colorScheme, hasTouch: viewport === PHONE })
      await signIn(page, url)
      const look = async (name: string) => {
        await axe(page)
        await shot(page, `${size}-${name}`)
        const widest = await page.evaluate(() => document.querySelector('main')!.scrollWidth)
        assert.ok(widest <= viewport.width, `${name} is ${widest} px wide`)
        const cutOff = await page.evaluate(() =>
          [...document.querySelectorAll('section button, section a, section input')]
            .filter((it) => it.checkVisibility())
            .filter((it) => it.getBoundingClientRect().right > it.closest('section')!.getBoundingClientRect().right)
            .map((it) => it.outerHTML),
        )
        assert.deepEqual(cutOff, [], name)
      }
      await page.goto(`${url}/numbers`)
      await page.getByRole('switch', { name: 'Text-back of Main line' }).waitFor()
      await look('list')
      for (const [number, tab] of shown) {
        await page.goto(`${url}/numbers/${encodeURIComponent(number)}?tab=${tab}`)
        await page.getByRole('tabpanel').getByRole('heading').first().waitFor()
        await look(`${tab}-${number}`)
      }
      await page.goto(`${url}/settings/carriers`)
      await page.getByText('Its credentials work.').first().waitFor()
      await look('carriers')
    })
  }
})
