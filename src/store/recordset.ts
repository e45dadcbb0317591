import { type RawBuilder, sql } from 'kysely'

/**
 * Turns items into the rows `item` of a statement, so that one statement serves many: `select … from ${recordset(…)}`.
 * `columns` are PostgreSQL's ('id uuid, at timestamptz'); the items' keys are their names.
 */
export function recordset(columns: string, items: object[]): RawBuilder<unknown> {
  return sql`jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as item (${sql.raw(columns)})`
}
