import type { z } from 'zod'

type Path = (string | number)[]
type Account = {
  id: string
  users: { email: string; name: string; password: string }[]
  apiKeys: { name: string; key: string }[]
  carriers: { id: string }[]
  numbers: { number: string }[]
}

/** Finds what a provisioning file says twice: the last entry would win silently, and the first have no effect. */
export function twice(accounts: Account[]): z.core.$ZodRawIssue[] {
  const issues: z.core.$ZodRawIssue[] = []
  const keys = new Map<string, Path>()
  const ids = new Map<string, Path>()
  const people = new Map<string, { path: Path; user: Account['users'][number] }>()
  for (const [i, account] of accounts.entries()) {
    once(ids, account.id, [i], 'id')
    const of = { users: new Map(), names: new Map(), carriers: new Map(), numbers: new Map() }
    for (const [j, user] of account.users.entries()) {
      const path = [i, 'users', j]
      if (!once(of.users, user.email, path, 'email')) continue
      // One person may belong to several accounts, but has one name and one password.
      const known = people.get(user.email)
      if (!known) people.set(user.email, { path, user })
      else
        for (const field of ['name', 'password'] as const)
          if (known.user[field] !== user[field]) fault([...path, field], `is another one at ${written(known.path)}`)
    }
    for (const [j, { name, key }] of account.apiKeys.entries()) {
      once(of.names, name, [i, 'apiKeys', j], 'name')
      once(keys, key, [i, 'apiKeys', j], 'key')
    }
    for (const [j, { id }] of account.carriers.entries()) once(of.carriers, id, [i, 'carriers', j], 'id')
    for (const [j, { number }] of account.numbers.entries()) once(of.numbers, number, [i, 'numbers', j], 'number')
  }
  return issues

  function once(seen: Map<string, Path>, value: string, path: Path, field: string): boolean {
    const first = seen.get(value)
    if (first) fault([...path, field], `is in the file twice (${written(first)})`)
    else seen.set(value, path)
    return !first
  }

  function fault(path: Path, message: string) {
    issues.push({ code: 'custom', path, message, input: undefined })
  }
}

/** Written like the fault's own field. */
const written = (path: Path) =>
  path.reduce<string>((all, key) => all + (typeof key === 'number' ? `[${key}]` : `.${key}`), 'accounts')
