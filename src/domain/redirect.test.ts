import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOwnPath } from './redirect.ts'

test('a path of this site is accepted', () => {
  for (const path of [
    '/',
    '/today',
    '/inbox/01a1?view=mine',
    '/contacts?search=100%25',
    '/calls?back=//x',
    '/a/../b#c',
  ])
    assert.equal(isOwnPath(path), true, path)
})

test('a path that could be read as another site is refused', () => {
  for (const target of [
    '',
    'today',
    'https://evil.example',
    'javascript:alert(1)',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/.//evil.example',
    '/today/..//evil.example',
    '/\t/evil.example',
    '/\n//evil.example',
    '/%2f/evil.example',
    '/%2Fevil.example',
    '/%5Cevil.example',
    '/.%2F%2Fevil.example',
    '/%',
  ])
    assert.equal(isOwnPath(target), false, target)
})
