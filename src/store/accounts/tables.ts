import { sql } from 'kysely'
import type { Tx } from '../db.ts'

/** A table whose rows each belong to one account, as the database describes it. */
export type AccountTable = {
  name: string
  /** The columns that may be exported: not those of bytes, which are encrypted or hashed. */
  columns: string[]
  secretColumns: string[]
  key: { name: string; type: string }[]
  /** The tables that its rows refer to. */
  needs: string[]
}

/**
 * Every table with an account_id, referenced tables last. Read from the database, so that a new table is exported and
 * erased too. (In sign_in_methods the column is better-auth's and means something else.)
 */
export async function accountTables(tx: Tx): Promise<AccountTable[]> {
  const { rows } = await sql<AccountTable>`
    select c.relname::text as name,
      array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        and a.atttypid <> 'bytea'::regtype order by a.attnum) as columns,
      array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        and a.atttypid = 'bytea'::regtype order by a.attnum) as secret_columns,
      (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by k.n)
        from pg_index i cross join unnest(i.indkey::int2[]) with ordinality as k (attnum, n)
          join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
        where i.indrelid = c.oid and i.indisprimary) as key,
      array(select distinct p.relname::text from pg_constraint f join pg_class p on p.oid = f.confrelid
        where f.conrelid = c.oid and f.contype = 'f' and p.oid <> c.oid) as needs
    from pg_class c join pg_attribute own on own.attrelid = c.oid and own.attname = 'account_id' and not own.attisdropped
    where c.relnamespace = 'textback'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname <> 'sign_in_methods'
    order by c.relname`.execute(tx)
  return inOrder(rows)
}

/** No rows refer to the first table, nor to the second when the first is empty. */
function inOrder(tables: AccountTable[]): AccountTable[] {
  const ordered: AccountTable[] = []
  let left = tables
  while (left.length > 0) {
    const free = left.filter(({ name }) => !left.some(({ needs }) => needs.includes(name)))
    // Tables that refer to each other: deleting cascades then, or fails with the reason.
    const next = free.length > 0 ? free : left
    ordered.push(...next)
    left = left.filter((table) => !next.includes(table))
  }
  return ordered
}
