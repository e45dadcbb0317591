import assert from 'node:assert/strict'
import { test } from 'node:test'
import { businessName, nameInMail } from './names.ts'

const GOOD = [
  'Acme HVAC',
  'Dana’s Roofs',
  'J.R. Plumbing',
  'No.1 Cleaning',
  'St. Louis Roofing',
  '水道の田中',
  'a'.repeat(80),
]
const BAD = [
  '',
  '   ',
  'a'.repeat(81),
  'Acme\nYou won: call now',
  'Acme\r\nBcc: all@example.com',
  'Acme\u2028next line',
  'Acme \u202etxet',
  'Acme\u0000',
  'https://evil.example',
  'Acme www.evil.example',
  'Pay at evil.example now',
  'evil。example',
  'write to x@evil',
]

test('a business name is one short line without a link', () => {
  for (const name of GOOD) assert.equal(businessName.safeParse(name).success, true, name)
  for (const name of BAD) assert.equal(businessName.safeParse(name).success, false, JSON.stringify(name))
})

test('a name that was never checked is harmless in a mail', () => {
  for (const name of GOOD) assert.equal(nameInMail(name), name)
  for (const name of BAD.filter((name) => name.trim()))
    assert.equal(businessName.safeParse(nameInMail(name)).success, true, JSON.stringify(name))
})
