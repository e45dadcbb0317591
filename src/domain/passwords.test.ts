import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passwordFault } from './passwords.ts'

const ABOUT = ['katharina@acme-hvac.test', 'Katharina Lopez', 'Acme HVAC']

test('a password that attackers try first is refused', () => {
  for (const password of [
    'short',
    'x'.repeat(129),
    'password',
    'PassWord',
    'password1',
    'Password123!',
    'qwertyuiop',
    'iloveyou2026',
    'letmein!!!!',
    'ｐａｓｓｗｏｒｄ',
    'textback1',
    'katharina',
    'Katharina26',
    'katharina@acme-hvac.test',
    'acme-hvac.test',
  ])
    assert.notEqual(passwordFault(password, ABOUT), null, password)
})

test('and no other', () => {
  for (const password of [
    'mikes-password',
    'demo-password',
    'correct horse battery staple',
    'dragon-8457120934',
    'katharinas first bicycle',
    'пять жёлтых уток',
    'xK2!9fQz',
  ])
    assert.equal(passwordFault(password, ABOUT), null, password)
})
