import { BlockList, isIP } from 'node:net'

/**
 * The addresses outside of the public internet: a machine, its network, a cloud's metadata service. A request to one of
 * them could show its sender what is inside. Source: IANA's registries of special-purpose addresses.
 */
const inside = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8], // this host
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // behind a carrier's NAT
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local; 169.254.169.254 is the metadata service of most clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // IETF
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
] as const)
  inside.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['2001::', 23], // IETF, Teredo among it
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4, which holds any IPv4 address
  ['3fff::', 20], // documentation
] as const)
  inside.addSubnet(network, prefix, 'ipv6')

/** All IPv6 addresses that are assigned; all others are local, or hold an IPv4 address. */
const assigned = new BlockList()
assigned.addSubnet('2000::', 3, 'ipv6')

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether this address is on the public internet. False for anything that is not an address. */
export function isPublic(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !inside.check(address, 'ipv4')
  if (family === 6) return assigned.check(withoutZone(address), 'ipv6') && !inside.check(withoutZone(address), 'ipv6')
  return false
}

export function isLoopback(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && loopback.check(withoutZone(address), family === 4 ? 'ipv4' : 'ipv6')
}

const withoutZone = (address: string) => address.split('%')[0]!
