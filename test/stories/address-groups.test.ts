import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressGroup } from '../../src/http/auth/addressGroup.ts'
import { openBrowser } from '../session.ts'
import { startWorld } from '../world.ts'

test('an address of IPv6 counts as its /64, and IPv4 in IPv6 as IPv4', () => {
  for (const [ip, group] of [
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:cb00:7107', '203.0.113.7'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0DB8:0:0:ffff::1', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', ''],
  ])
    assert.equal(addressGroup(ip!), group)
})

test('guesses from one /64 of IPv6 are slowed together', async (t) => {
  const world = await startWorld(t)
  const guess = async (address: string, i: number) =>
    (
      await (
        await openBrowser(world)
      ).ask(
        'POST',
        '/api/auth/sign-in/email',
        { email: `user${i}@example.com`, password: 'a-password' },
        { 'x-forwarded-for': address },
      )
    ).status
  const statuses: number[] = []
  for (let i = 0; i < 32; i++) statuses.push(await guess(`2001:db8:1:2::${i.toString(16)}`, i))
  assert.deepEqual([statuses.filter((s) => s === 401).length, statuses.at(-1)], [30, 429])
  assert.equal(await guess('2001:db8:1:3::1', 99), 401)
})
