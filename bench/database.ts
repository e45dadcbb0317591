import type pg from 'pg'

type Statement = { query: string; calls: number; ms: number }

/** PostgreSQL's own counters. */
export type Counters = {
  commits: number
  walBytes: number
  walSyncs: number
  statements: Map<string, Statement>
  since(before: Counters): Counters
}

export async function counters(client: pg.Client): Promise<Counters> {
  const { rows } = await client.query(`select xact_commit::float8 as commits,
      (select wal_bytes::float8 from pg_stat_wal) as bytes,
      (select sum(fsyncs)::float8 from pg_stat_io where object = 'wal') as syncs
    from pg_stat_database where datname = current_database()`)
  const statements = await client.query(`select queryid::text, regexp_replace(query, '\\s+', ' ', 'g') as query,
      calls::float8, total_exec_time + total_plan_time as ms
    from pg_stat_statements where queryid is not null and query !~ 'pg_stat_'`)
  return make({
    commits: rows[0].commits,
    walBytes: rows[0].bytes,
    walSyncs: rows[0].syncs,
    statements: new Map(statements.rows.map(({ queryid, ...rest }) => [queryid, rest])),
  })
}

function make(values: Omit<Counters, 'since'>): Counters {
  return {
    ...values,
    since: (before) =>
      make({
        commits: values.commits - before.commits,
        walBytes: values.walBytes - before.walBytes,
        walSyncs: values.walSyncs - before.walSyncs,
        statements: new Map(
          [...values.statements].map(([id, { query, calls, ms }]) => {
            const was = before.statements.get(id) ?? { calls: 0, ms: 0 }
            return [id, { query, calls: calls - was.calls, ms: ms - was.ms }]
          }),
        ),
      }),
  }
}

/** Lines of text: the totals, and the statements that took the most time. */
export function perCall(c: Counters, calls: number): string[] {
  const all = [...c.statements.values()].filter((s) => s.calls > 0)
  const total = all.reduce((sum, s) => sum + s.calls, 0)
  const each = (value: number, digits = 1) => (value / calls).toFixed(digits)
  const most = all.toSorted((a, b) => b.ms - a.ms).slice(0, 12)
  return [
    `PostgreSQL: ${each(total)} statements, ${each(c.commits)} commits, ${each(c.walSyncs, 2)} disk syncs, ${each(c.walBytes / 1024)} KiB of log, per call`,
    ...most.map((s) => `  ${each(s.ms, 3)} ms in ${each(s.calls)} × ${s.query.trim().slice(0, 90)}`),
  ]
}
