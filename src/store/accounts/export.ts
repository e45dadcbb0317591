import { type RawBuilder, sql } from 'kysely'
import { asAccount, type Database } from '../db.ts'
import { type AccountTable, accountTables } from './tables.ts'

/** Rows that one statement reads: it takes some hundredths of a second of its 2.5 s. */
const PAGE = 500

/** Credentials belong to the person and open doors: no export has them. */
const NEVER = 'passwords, sessions and sign-in links of people'

/**
 * Exports an account as one JSON document, piece by piece. Each page of rows is its own transaction, so that a slow
 * reader holds no connection and no snapshot; rows that change meanwhile may be old or new. The document ends with
 * `"complete":true`, which shows whether it broke off.
 */
export async function* accountAsJson(db: Database, accountId: string, now: Date): AsyncGenerator<string> {
  const tables = await asAccount(db, accountId, accountTables)
  const leftOut = tables.flatMap(({ name, secretColumns }) =>
    secretColumns.map((column) => `${camelCase(name)}.${camelCase(column)}`),
  )
  yield `{"exportedAt":${JSON.stringify(now)},"leftOut":${JSON.stringify([...leftOut, NEVER])},"tables":{`
  yield `"accounts":[${joined(await read(db, accountId, account(accountId)))}]`
  yield `,\n"users":[${joined(await read(db, accountId, people(accountId)))}]`
  for (const table of tables) {
    yield `,\n${JSON.stringify(camelCase(table.name))}:[`
    let first = true
    for await (const rows of pages(db, accountId, table)) {
      yield `${first ? '\n' : ',\n'}${joined(rows)}`
      first = false
    }
    yield ']'
  }
  yield '},"complete":true}\n'
}

type Row = { json: string }

const joined = (rows: Row[]) => rows.map(({ json }) => json).join(',\n')

/** The table's rows, in the order of its key. */
async function* pages(db: Database, accountId: string, table: AccountTable): AsyncGenerator<Row[]> {
  const key = table.key.map(({ name }) => sql.id(name))
  let after: string[] | null = null
  do {
    // Keys are passed on as text: a date would be shifted by the reader's time zone.
    const beyond: RawBuilder<unknown> = after
      ? sql`and (${sql.join(key)}) > (${sql.join(table.key.map(({ type }, i) => sql`${after![i]}::${sql.raw(type)}`))})`
      : sql``
    const rows: { json: string; key: string[] }[] = await read(
      db,
      accountId,
      sql<{ json: string; key: string[] }>`
        select ${asJson(table.columns)} as json, array[${sql.join(key.map((column) => sql`${column}::text`))}] as key
        from ${sql.table(table.name)} where account_id = ${accountId} ${beyond}
        order by ${sql.join(key)} limit ${PAGE}`,
    )
    if (rows.length > 0) yield rows
    after = rows.length === PAGE ? rows.at(-1)!.key : null
  } while (after)
}

const account = (accountId: string) => sql<{ json: string }>`
  select to_json(a)::text as json from (
    select id, name, timezone, country, also_texts_countries as "alsoTextsCountries", plan, daily_cap as "dailyCap",
      recipient_hourly_cap as "recipientHourlyCap", recipient_daily_cap as "recipientDailyCap",
      late_after_minutes as "lateAfterMinutes",
      new_lead_after_days as "newLeadAfterDays", closing_at as "closingAt", created_at as "createdAt" from accounts where id = ${accountId}) a`

const people = (accountId: string) => sql<{ json: string }>`
  select to_json(u)::text as json from (
    select u.id, u.name, u.email from members m join users u on u.id = m.user_id
    where m.account_id = ${accountId} order by u.id) u`

/** One page, in its own transaction, with times in UTC. */
const read = <T>(db: Database, accountId: string, query: RawBuilder<T>): Promise<T[]> =>
  asAccount(db, accountId, async (tx) => {
    const [, { rows }] = await Promise.all([sql`set local timezone to 'UTC'`.execute(tx), query.execute(tx)])
    return rows
  })

/** A row with the API's names; to_json, because json_build_object takes at most 50 columns. */
const asJson = (columns: string[]) =>
  sql`(select to_json(r)::text from (select ${sql.join(
    columns.map((column) => sql`${sql.id(column)} as ${sql.raw(`"${camelCase(column)}"`)}`),
  )}) r)`

const camelCase = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
