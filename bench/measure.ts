import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { cpuOf, cpuOfAll } from './cpu.ts'
import { type Counters, counters } from './database.ts'
import type { Rival, Textback } from './rivals.ts'
import type { Ask, FromLoad, Outcome } from './scene.ts'

export type Measured = Outcome & {
  rival: Rival['name']
  /**
   * Shares of one core, 0 to 1 and above: the rival's JavaScript thread, its other threads, PostgreSQL, the load, and
   * everything else on the machine.
   */
  cpu: { main: number; rest: number; postgres: number; load: number; others: number }
  cores: number
  /** Textback's only. */
  database: Counters | null
}

/** The process that is the phone network; `stop` it at the end. */
export type Load = { carrierUrl: string; pid: number; send(ask: Ask): void; child: ChildProcess; stop(): void }

export async function startLoad(): Promise<Load> {
  const child = fork(new URL('load.ts', import.meta.url), { execArgv: [] })
  const { carrierUrl } = (await messageFrom(child, 'ready')) as Extract<FromLoad, { say: 'ready' }>
  return { carrierUrl, pid: child.pid!, send: (ask) => child.send(ask), child, stop: () => child.kill() }
}

/** Puts the load on the rival, and reads all counters after the warm-up and at the end. */
export async function measure(load: Load, rival: Rival, textback: Textback, ask: Ask): Promise<Measured> {
  const done = messageFrom(load.child, 'done')
  load.send(ask)
  const look = async () => ({
    at: performance.now(),
    rival: cpuOf(rival.pid),
    postgres: cpuOf(textback.postmaster, { children: true }).all,
    load: cpuOf(load.pid).all,
    all: cpuOfAll(),
    database: await counters(textback.database),
  })
  await messageFrom(load.child, 'measuring')
  const before = await look()
  await messageFrom(load.child, 'measured')
  const after = await look()
  const { outcome } = (await done) as Extract<FromLoad, { say: 'done' }>

  const share = (from: number, to: number) => ((to - from) * 1000) / (after.at - before.at)
  const main = share(before.rival.main, after.rival.main)
  const rest = share(before.rival.all, after.rival.all) - main
  const postgres = share(before.postgres, after.postgres)
  const forLoad = share(before.load, after.load)
  const others = Math.max(0, share(before.all, after.all) - main - rest - postgres - forLoad)
  return {
    ...outcome,
    rival: rival.name,
    cpu: { main, rest, postgres, load: forLoad, others },
    cores: availableParallelism(),
    database: rival === textback ? after.database.since(before.database) : null,
  }
}

async function messageFrom(child: ChildProcess, what: FromLoad['say']): Promise<FromLoad> {
  const gone = new AbortController()
  const onExit = () => gone.abort(new Error('The load ended before it was done.'))
  child.once('exit', onExit)
  try {
    for (;;) {
      const [message] = (await once(child, 'message', { signal: gone.signal })) as [FromLoad]
      if (message.say === what) return message
    }
  } finally {
    child.off('exit', onExit)
  }
}
