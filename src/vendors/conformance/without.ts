import type { Network } from '../conformance.ts'

export async function withoutHooks<T>(network: Network, act: () => Promise<T>): Promise<T> {
  await network.hooksArrive(false)
  return act().finally(() => network.hooksArrive(true))
}

export async function withoutLists<T>(network: Network, act: () => Promise<T>): Promise<T> {
  await network.listsReadable(false)
  return act().finally(() => network.listsReadable(true))
}
