import { isIPv4, isIPv6 } from 'node:net'

/**
 * What counts as one address of the network: a line has a whole /64 of IPv6, so that is one; an IPv4 address is one, also
 * when it is written as IPv6.
 */
export function addressGroup(ip: string): string {
  if (!isIPv6(ip)) return ip
  // The URL writes an address in its one short form, IPv4 in hex.
  const short = new URL(`http://[${ip.split('%')[0]}]`).hostname.slice(1, -1)
  const [head = '', tail] = short.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail ? tail.split(':') : []
  const groups = [...before, ...Array(8 - before.length - after.length).fill('0'), ...after]
  if (groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff') {
    const bytes = groups.slice(6).flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255])
    const mapped = bytes.join('.')
    if (isIPv4(mapped)) return mapped
  }
  return `${groups.slice(0, 4).join(':')}::/64`
}
