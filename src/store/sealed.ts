import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import { sql } from 'kysely'
import { sealContext } from './connections/connections.ts'
import type { Tx } from './db.ts'
import { secretBox, signInKey } from './secrets.ts'
import { sealedAs } from './webhooks/webhooks.ts'

/** Opens and seals the values of one kind with one key; opening throws when another key sealed them. */
type Sealing = {
  open(secretKey: string, sealed: unknown, context: string): Promise<unknown>
  seal(secretKey: string, plain: unknown, context: string): Promise<unknown>
}

const ours: Sealing = {
  open: async (key, sealed, context) => secretBox(key).open(sealed as Buffer, context),
  seal: async (key, plain, context) => secretBox(key).seal(plain as Record<string, string>, context),
}

/** What better-auth encrypts for itself. It binds no value to its row. */
const ofSignIn: Sealing = {
  open: (key, sealed) => symmetricDecrypt({ key: signInKey(key), data: sealed as string }),
  seal: (key, plain) => symmetricEncrypt({ key: signInKey(key), data: plain as string }),
}

type SealedColumn = {
  table: string
  column: string
  /** For people: what is in it. */
  what: string
  sealing: Sealing
  /** Binds a value to its row; null for a table that belongs to people and not to accounts. */
  context: ((account: string, id: string) => string) | null
}

/** Every column that the secret key seals; rotate-key.test.ts finds a column of bytes that is missing here. */
const COLUMNS: SealedColumn[] = [
  {
    table: 'connections',
    column: 'secrets',
    what: 'the credentials of connection',
    sealing: ours,
    context: sealContext,
  },
  { table: 'webhooks', column: 'secret', what: 'the secret of webhook', sealing: ours, context: sealedAs },
  { table: 'webhooks', column: 'previous_secret', what: 'the old secret of webhook', sealing: ours, context: sealedAs },
  { table: 'two_factors', column: 'secret', what: 'the second factor', sealing: ofSignIn, context: null },
  { table: 'two_factors', column: 'backup_codes', what: 'the recovery codes', sealing: ofSignIn, context: null },
]

export type SealedValue = {
  table: string
  column: string
  /** Empty for what belongs to no account. */
  account: string
  id: string
  /** 'the credentials of connection acme/main' */
  name: string
  opensWith(secretKey: string): Promise<boolean>
  /** Throws when `from` does not open it. */
  reseal(from: string, to: string): Promise<void>
}

/** Every sealed value of the database. */
export async function sealedValues(tx: Tx): Promise<SealedValue[]> {
  const values: SealedValue[] = []
  for (const { table, column, what, sealing, context } of await columnsThere(tx)) {
    const { rows } = await sql<{ account: string; id: string; sealed: unknown }>`
      select ${context ? sql`account_id` : sql`''`} as account, id::text as id, ${sql.id(column)} as sealed
      from ${sql.table(table)} where ${sql.id(column)} is not null order by 1, 2`.execute(tx)
    for (const { account, id, sealed } of rows) {
      const bound = context?.(account, id) ?? ''
      values.push({
        table,
        column,
        account,
        id,
        name: `${what} ${context ? `${account}/${id}` : id}`,
        opensWith: (secretKey) =>
          sealing.open(secretKey, sealed, bound).then(
            () => true,
            () => false,
          ),
        async reseal(from, to) {
          const sealedAnew = await sealing.seal(to, await sealing.open(from, sealed, bound), bound)
          await sql`update ${sql.table(table)} set ${sql.id(column)} = ${sealedAnew}
            where id::text = ${id} ${context ? sql`and account_id = ${account}` : sql``}`.execute(tx)
        },
      })
    }
  }
  return values
}

/** All sealed values, and those of them that this key does not open. */
export async function unopened(tx: Tx, secretKey: string): Promise<{ all: SealedValue[]; closed: SealedValue[] }> {
  const all = await sealedValues(tx)
  const opens = await Promise.all(all.map((value) => value.opensWith(secretKey)))
  return { all, closed: all.filter((_, i) => !opens[i]) }
}

/** The tables with sealed columns that are there. */
export const sealedTables = async (tx: Tx): Promise<string[]> => [
  ...new Set((await columnsThere(tx)).map(({ table }) => table)),
]

/** A database that an older release migrated lacks some. */
async function columnsThere(tx: Tx): Promise<SealedColumn[]> {
  const { rows } = await sql<{ name: string }>`
    select table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'textback'`.execute(tx)
  const there = new Set(rows.map(({ name }) => name))
  return COLUMNS.filter(({ table, column }) => there.has(`${table}.${column}`))
}
