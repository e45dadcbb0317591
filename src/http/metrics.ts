import { sql } from 'kysely'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Measure } from '../actions/world.ts'
import { before } from '../domain/time.ts'
import { asPlatform, type Database } from '../store/db.ts'
import { countLeftBehind, LEFT_BEHIND_MS } from '../store/overdue.ts'

export type Metrics = { registry: Registry; measure: Measure; httpSeconds: Histogram<'route' | 'status'> }

/** The metrics that Prometheus reads at /metrics. */
export function makeMetrics(db: Database, uncaught: Record<string, number> = {}): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const decided = new Counter({
    name: 'textback_calls_decided_total',
    help: 'Calls decided, by action and reason.',
    labelNames: ['action', 'reason'] as const,
    registers,
  })
  const accepted = new Histogram({
    name: 'textback_hangup_to_accepted_seconds',
    help: 'From the end of a missed call to the carrier having the text.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  })
  const ended = new Counter({
    name: 'textback_messages_ended_total',
    help: 'Messages that reached an end, by status.',
    labelNames: ['status'] as const,
    registers,
  })
  const leftBehind = new Counter({
    name: 'textback_left_behind_total',
    help: 'Texts and calls that did not move on by themselves, so that the watch had to move them.',
    labelNames: ['what'] as const,
    registers,
  })
  const httpSeconds = new Histogram({
    name: 'textback_http_seconds',
    help: 'Time to answer, by route and status.',
    labelNames: ['route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  })
  new Gauge({
    name: 'textback_jobs_waiting',
    help: 'Jobs that are due and not taken.',
    registers,
    async collect() {
      // Operators need the other numbers most while the database is away.
      const found = await asPlatform(db, (tx) =>
        sql<{ n: number }>`select count(*)::int as n from graphile_worker.jobs
          where run_at <= now() and locked_at is null`.execute(tx),
      ).catch(() => null)
      this.set(found?.rows[0]?.n ?? Number.NaN)
    },
  })
  const faults = new Counter({
    name: 'textback_uncaught_faults_total',
    help: 'Faults that nobody caught: rejections, after which the work goes on, and exceptions.',
    labelNames: ['kind'] as const,
    registers,
    collect() {
      faults.reset()
      for (const [kind, count] of Object.entries(uncaught)) faults.inc({ kind }, count)
    },
  })
  const stuck = new Gauge({
    name: 'textback_left_behind',
    help: 'Texts and calls that should have moved on a minute ago and could not be moved, now.',
    labelNames: ['what'] as const,
    registers,
    async collect() {
      const found = await asPlatform(db, (tx) => countLeftBehind(tx, null, before(new Date(), LEFT_BEHIND_MS))).catch(
        () => ({ texts: Number.NaN, calls: Number.NaN }),
      )
      stuck.set({ what: 'text' }, found?.texts ?? 0)
      stuck.set({ what: 'call' }, found?.calls ?? 0)
    },
  })
  new Gauge({
    name: 'textback_database_away',
    help: '1 while the database cannot be reached, else 0.',
    registers,
    collect() {
      this.set(db.breaker.knowsAway() ? 1 : 0)
    },
  })
  return {
    registry,
    httpSeconds,
    measure: {
      callDecided: (action, reason) => decided.inc({ action, reason }),
      textAccepted: (seconds) => {
        if (seconds !== null) accepted.observe(seconds)
      },
      messageEnded: (status) => ended.inc({ status }),
      leftBehind: (what) => leftBehind.inc({ what }),
    },
  }
}
