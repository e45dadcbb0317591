import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Carrier, Connection, Hook } from './carrier.ts'
import { tellsCalls } from './conformance/calls.ts'
import { type Door, openDoor } from './conformance/door.ts'
import { provesOrigin } from './conformance/origin.ts'
import { setsUp } from './conformance/setup.ts'
import { sendsTexts } from './conformance/texts.ts'

/**
 * What every carrier must do, on a network that really sends its hooks. A new carrier passes this before it is merged:
 * see docs/adding-a-carrier.md.
 */
export type Subject = {
  carrier: Carrier
  /** Fit to work: its `apiUrl` is the network's. */
  connection: Connection
  withoutSecret: Connection
  ours: string
  /** A request as the carrier would send and sign it at that time; made apart from the carrier's own code. */
  sign(path: string, body: string, at: Date): Hook
  /** A body that the carrier could send, and where. */
  sample: { path: string; body: string }
  /** Events that the carrier may send one day, or sends and we have no use for. */
  unheardOf: { path: string; body: string }[]
  /** Makes such a call to `ours` and resolves when it is over at the network. */
  call(from: string, how: Ending): Promise<void>
  /** Null for a carrier that only tells about calls. */
  network: Network | null
  stop(): Promise<void>
}

export type Ending = 'answered' | 'no_answer' | 'busy' | 'caller_gave_up'

export type Network = {
  wrongCredentials: Connection
  landline: string
  text(from: string, body: string): Promise<void>
  /** What happens to the next request to send. `cut`: the connection is dropped when the request is there. */
  next(fault: 'status429' | 'status500' | 'acceptThenTimeout' | 'cut'): Promise<void>
  /** How many requests to send the network has seen, and how many texts to this phone it has accepted. */
  sendRequests(): Promise<number>
  acceptedTexts(to: string): Promise<number>
  listsReadable(readable: boolean): Promise<void>
  /** Whether hooks get through to us. */
  hooksArrive(arrive: boolean): Promise<void>
}

export const TARGET = '+12025550111'

/** The carrier under test, the door its hooks come to, and the address of that door. */
export type Bench = { it: Subject; door: Door; hooksUrl: string }

/** What not every carrier has: an API to be asked and sent through; a time in its signatures. */
export type Has = { network: boolean; timestamps: boolean }

/** Registers the suite with node:test: what `has` lacks is not asked. `setup` starts what the carrier talks to. */
export function carrierConformance(name: string, has: Has, setup: () => Promise<Subject>): void {
  let bench: Bench

  describe(`carrier ${name}`, () => {
    before(async () => {
      const door = await openDoor(TARGET)
      const it = await setup()
      bench = { it, door, hooksUrl: door.open(it.carrier, it.connection) }
    })
    after(async () => {
      await bench.it.stop()
      await bench.door.close()
    })

    provesOrigin(has, () => bench)
    setsUp(has, () => bench)
    tellsCalls(has, () => bench)
    sendsTexts(has, () => bench)
    test('no hook of the carrier was turned away', () => assert.deepEqual(bench.door.refused, []))
  })
}
