import { sql } from 'kysely'
import type { Tx } from '../db.ts'

/** A table whose rows belong to one account each, as the database has it. */
export type AccountTable = {
  name: string
  /** What may be read out: all columns but those of bytes, which hold what is sealed or hashed. */
  columns: string[]
  secretColumns: string[]
  key: { name: string; type: string }[]
  /** The tables whose rows its rows need. */
  needs: string[]
}

/**
 * Every table that has an account_id, those whose rows others need last. It is asked of the database, so that a table that
 * comes later is exported and erased with the rest. (In sign_in_methods that name is better-auth's, for another thing.)
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

/** Nobody needs the rows of the first any more, nor those of the second when the first is empty. */
function inOrder(tables: AccountTable[]): AccountTable[] {
  const ordered: AccountTable[] = []
  let left = tables
  while (left.length > 0) {
    const free = left.filter(({ name }) => !left.some(({ needs }) => needs.includes(name)))
    // Tables that need each other: deleting cascades then, or says what stands in the way.
    const next = free.length > 0 ? free : left
    ordered.push(...next)
    left = left.filter((table) => !next.includes(table))
  }
  return ordered
}
