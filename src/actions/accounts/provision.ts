import { readFile } from 'node:fs/promises'
import { hashPassword, verifyPassword } from 'better-auth/crypto'
import { z } from 'zod'
import { accountSettings, NOT_A_TIMEZONE } from '../../domain/account.ts'
import { SCOPE_NAMES } from '../../domain/apiKeys.ts'
import { bareAddress, connectionId, type FieldError, fieldErrors, phone } from '../../domain/fields.ts'
import { newId } from '../../domain/ids.ts'
import { numberSettings } from '../../domain/number.ts'
import { passwordFault } from '../../domain/passwords.ts'
import { keyOfSecret, saveProvisionedKey } from '../../store/accounts/apiKeys.ts'
import { asPlatform, type Tx } from '../../store/db.ts'
import { addJob } from '../../store/jobs.ts'
import { createDefaultPipeline } from '../../store/leads/leads.ts'
import { deleteLinks } from '../../store/people/links.ts'
import type { SecretBox } from '../../store/secrets.ts'
import { unknownTimezones } from '../../store/timezones.ts'
import { saveConnection } from '../connections/connections.ts'
import { saveNumbers } from '../numbers/numbers.ts'
import type { World } from '../world.ts'
import { twice } from './twice.ts'

const carrier = z.looseObject({
  id: connectionId,
  kind: z.string(),
  label: z.string().max(60).default(''),
  apiUrl: z
    .url({ protocol: /^https?$/, error: 'must be a full address like https://api.example.com' })
    .transform(bareAddress)
    .nullable()
    .default(null),
})

const account = z.strictObject({
  id: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}$/, 'is 1 to 64 of a-z, A-Z, 0-9, - and _'),
  name: accountSettings.name,
  timezone: accountSettings.timezone.default('America/New_York'),
  country: accountSettings.country.default('US'),
  alsoTextsCountries: accountSettings.alsoTextsCountries.default([]),
  plan: accountSettings.plan.default('pro'),
  dailyCap: accountSettings.dailyCap.default(500),
  recipientHourlyCap: accountSettings.recipientHourlyCap.default(60),
  recipientDailyCap: accountSettings.recipientDailyCap.default(200),
  lateAfterMinutes: accountSettings.lateAfterMinutes.default(15),
  newLeadAfterDays: accountSettings.newLeadAfterDays.default(0),
  users: z
    .array(
      z
        .strictObject({
          email: z.email('is not an email address').transform((email) => email.toLowerCase()),
          name: z.string().min(1),
          password: z.string(),
          role: z.enum(['owner', 'member']).default('member'),
        })
        .check(({ value, issues }) => {
          const fault = passwordFault(value.password, [value.email, value.name])
          if (fault) issues.push({ code: 'custom', path: ['password'], input: value.password, message: fault })
        }),
    )
    .default([]),
  apiKeys: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(60),
        key: z.string().regex(/^tb_[A-Za-z0-9_-]{16,200}$/, 'must be tb_ and at least 16 of A-Z, a-z, 0-9, - and _'),
        scope: z.enum(SCOPE_NAMES).default('admin'),
        expiresAt: z.iso
          .datetime({ offset: true, error: 'must be a time like 2027-01-31T08:00:00Z, or null' })
          .transform((written) => new Date(written))
          .nullable()
          .default(null),
      }),
    )
    .default([]),
  carriers: z.array(carrier).default([]),
  numbers: z.array(numberSettings).default([]),
  exclude: z.array(phone).default([]),
  blocked: z.array(phone).default([]),
})

/** The provisioning file. */
export const provisioning = z.strictObject({
  accounts: z.array(account).check(({ value, issues }) => {
    issues.push(...twice(value))
  }),
})

type Account = z.output<typeof account>

export class ProvisionFault extends Error {
  errors: FieldError[]
  constructor(path: string, errors: FieldError[]) {
    const lines = errors.map(({ field, message }) => `  ${field || '(the file)'}: ${message}`)
    super(`The provisioning file ${path} has faults; nothing of it was applied:\n${lines.join('\n')}`)
    this.errors = errors
  }
}

/**
 * Applies the file: creates or updates by id, deletes nothing, all of it or none. An account that is being erased stays
 * out. Gives the accounts that were applied. Throws a ProvisionFault that names every faulty field.
 */
export async function provision(world: World, secrets: SecretBox, path: string): Promise<{ accounts: string[] }> {
  const file = await readProvisioning(path)
  const applied = await asPlatform(world.db, async (tx) => {
    const errors = await wrongTimezones(tx, file.accounts)
    if (errors.length > 0) throw new ProvisionFault(path, errors)
    const gone = await accountsBeingErased(tx)
    for (const [i, account] of file.accounts.entries())
      if (!gone.has(account.id)) errors.push(...(await applyAccount(world, tx, secrets, account, `accounts[${i}]`)))
    if (errors.length > 0) throw new ProvisionFault(path, errors)
    return file.accounts.filter(({ id }) => !gone.has(id))
  })
  for (const account of applied) for (const { id } of account.carriers) world.connections.forget(account.id, id)
  return { accounts: applied.map((account) => account.id) }
}

async function accountsBeingErased(tx: Tx): Promise<Set<string>> {
  const rows = await tx.selectFrom('accounts').select('id').where('erasingSince', 'is not', null).execute()
  return new Set(rows.map(({ id }) => id))
}

async function wrongTimezones(tx: Tx, accounts: Account[]): Promise<FieldError[]> {
  const unknown = await unknownTimezones(tx, [...new Set(accounts.map(({ timezone }) => timezone))])
  return accounts.flatMap(({ timezone }, i) =>
    unknown.includes(timezone) ? [{ field: `accounts[${i}].timezone`, message: NOT_A_TIMEZONE }] : [],
  )
}

async function readProvisioning(path: string) {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new ProvisionFault(path, [{ field: '', message: `cannot be read: ${(error as Error).message}` }])
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new ProvisionFault(path, [{ field: '', message: `is not JSON: ${(error as Error).message}` }])
  }
  return parseProvisioning(json, path)
}

/** The checked content of the file. Pure, except that it throws. */
export function parseProvisioning(json: unknown, path = 'given'): { accounts: Account[] } {
  const read = provisioning.safeParse(json)
  if (!read.success) throw new ProvisionFault(path, fieldErrors(read.error))
  return read.data
}

async function applyAccount(world: World, tx: Tx, secrets: SecretBox, a: Account, at: string): Promise<FieldError[]> {
  const settings = {
    name: a.name,
    timezone: a.timezone,
    country: a.country,
    alsoTextsCountries: a.alsoTextsCountries,
    plan: a.plan,
    dailyCap: a.dailyCap,
    recipientHourlyCap: a.recipientHourlyCap,
    recipientDailyCap: a.recipientDailyCap,
    lateAfterMinutes: a.lateAfterMinutes,
    newLeadAfterDays: a.newLeadAfterDays,
  }
  const slug = a.id.toLowerCase()
  const other = await tx
    .selectFrom('accounts')
    .select('id')
    .where('slug', '=', slug)
    .where('id', '!=', a.id)
    .executeTakeFirst()
  if (other) return [{ field: `${at}.id`, message: `is taken: account ${other.id} has the short name ${slug}` }]
  await tx
    .insertInto('accounts')
    .values({ id: a.id, slug, ...settings })
    .onConflict((c) => c.column('id').doUpdateSet(settings))
    .execute()
  await createDefaultPipeline(tx, a.id)
  for (const user of a.users) await applyUser(tx, a.id, user)
  const lists = [
    ...a.exclude.map((p) => ({ accountId: a.id, list: 'exclude', address: p })),
    ...a.blocked.map((p) => ({ accountId: a.id, list: 'block', address: p })),
  ]
  if (lists.length > 0)
    await tx
      .insertInto('listedAddresses')
      .values(lists)
      .onConflict((c) => c.columns(['accountId', 'list', 'kind', 'address']).doNothing())
      .execute()

  for (const { id } of a.carriers)
    await addJob(tx, 'check-connection', { accountId: a.id, connectionId: id }, { key: `check ${a.id} ${id}` })

  const errors = await applyApiKeys(tx, a, at)
  const found = (at: string, more: FieldError[]) =>
    errors.push(...more.map(({ field, message }) => ({ field: `${at}.${field}`, message })))
  for (const [i, { id, kind, label, apiUrl, ...credentials }] of a.carriers.entries())
    found(
      `${at}.carriers[${i}]`,
      await saveConnection(world, tx, secrets, a.id, { id, kind, label, apiUrl, credentials }),
    )
  if (errors.length > 0) return errors
  const wrong = await saveNumbers(world, tx, a.id, a.numbers)
  for (const [i, faults] of wrong.entries()) found(`${at}.numbers[${i}]`, faults)
  return errors
}

/** A key opens one account under one name, so that the order of the file's lines does not matter. */
async function applyApiKeys(tx: Tx, a: Account, at: string): Promise<FieldError[]> {
  const errors: FieldError[] = []
  for (const [i, provisioned] of a.apiKeys.entries()) {
    const { name, key } = provisioned
    const holder = await keyOfSecret(tx, key)
    if (!holder || (holder.accountId === a.id && holder.name === name)) await saveProvisionedKey(tx, a.id, provisioned)
    else {
      const whose = holder.accountId === a.id ? `has the name “${holder.name}” here` : 'belongs to another account'
      errors.push({ field: `${at}.apiKeys[${i}].key`, message: `${whose}; make another one` })
    }
  }
  return errors
}

async function applyUser(tx: Tx, accountId: string, user: Account['users'][number]): Promise<void> {
  const now = new Date()
  const row = await tx
    .insertInto('users')
    .values({ id: newId(), name: user.name, email: user.email, emailVerified: true })
    .onConflict((c) => c.column('email').doUpdateSet({ name: user.name, emailVerified: true, updatedAt: now }))
    .returning('id')
    .executeTakeFirstOrThrow()
  const method = await tx
    .selectFrom('signInMethods')
    .select(['id', 'password'])
    .where('userId', '=', row.id)
    .where('providerId', '=', 'credential')
    .executeTakeFirst()
  const same = method?.password
    ? await verifyPassword({ hash: method.password, password: user.password }).catch(() => false)
    : false
  if (!same) {
    const password = await hashPassword(user.password)
    if (method) {
      await tx.updateTable('signInMethods').set({ password, updatedAt: now }).where('id', '=', method.id).execute()
      // A changed password signs out every session of the user, and ends the links in their mail.
      await tx.deleteFrom('sessions').where('userId', '=', row.id).execute()
      await deleteLinks(tx, { id: row.id, email: user.email })
    } else {
      await tx
        .insertInto('signInMethods')
        .values({ id: newId(), accountId: row.id, providerId: 'credential', userId: row.id, password })
        .execute()
    }
  }
  await tx
    .insertInto('members')
    .values({ id: newId(), accountId, userId: row.id, role: user.role })
    .onConflict((c) => c.columns(['accountId', 'userId']).doUpdateSet({ role: user.role }))
    .execute()
}
