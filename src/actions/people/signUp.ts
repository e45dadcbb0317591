import { createHash, randomBytes } from 'node:crypto'
import { hashPassword, verifyPassword } from 'better-auth/crypto'
import { GUESSES_AT_LINK, KNOWN_TO_ADDRESS, PROOFS_TO_ADDRESS, SIGN_UPS_TO_ADDRESS } from '../../domain/attempts.ts'
import { newId } from '../../domain/ids.ts'
import type { SignUp } from '../../domain/signUp.ts'
import { after, DAY } from '../../domain/time.ts'
import { asPlatform, type Tx } from '../../store/db.ts'
import { openAccount, whoMaySignUpNow } from '../accounts/openAccount.ts'
import type { World } from '../world.ts'
import { alreadyHereMail, proveAddressMail, stillProveAddressMail } from './mails.ts'

/** `back` is the path of ours where they go on; `business` is null for somebody who joins one. */
export type NewPerson = { name: string; email: string; password: string; business: string | null; back: string | null }

/** How long the link of a proof works. */
const LINK_MS = DAY

const hashOf = (token: string) => createHash('sha256').update(token).digest()

/**
 * Somebody wants to sign up. Their user is made when they open the link in the mail. Nobody learns here whether the
 * address has a user: its owner does, by another mail. Both take as long, because hashing takes nearly all of it.
 */
export async function signUp(world: World, person: NewPerson): Promise<void> {
  const password = await hashPassword(person.password)
  const { email, name, business } = person
  const known = await asPlatform(world.db, (tx) =>
    tx.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst(),
  )
  if (await world.limits.spend(known ? KNOWN_TO_ADDRESS : SIGN_UPS_TO_ADDRESS, email)) return
  const token = known
    ? null
    : await asPlatform(world.db, (tx) => makeProof(tx, { email, name, password, business }, world.now()))
  const mail = token ? proveAddressMail(linkOf(world, token, person.back)) : alreadyHereMail(world.publicUrl)
  await world.mail({ to: email, ...mail })
}

/** Mails a link to somebody who signed up before addresses had to be proven. */
export async function mailProof(world: World, user: { id: string; email: string }): Promise<'mailed' | 'too_many'> {
  if (await world.limits.spend(PROOFS_TO_ADDRESS, user.email)) return 'too_many'
  const token = await asPlatform(world.db, (tx) => makeProof(tx, { email: user.email, userId: user.id }, world.now()))
  await world.mail({ to: user.email, ...stillProveAddressMail(linkOf(world, token, null)) })
  return 'mailed'
}

type Proof = { email: string; userId?: string; name?: string; password?: string; business?: string | null }

async function makeProof(tx: Tx, proof: Proof, now: Date): Promise<string> {
  const token = randomBytes(24).toString('base64url')
  await tx
    .insertInto('addressProofs')
    .values({ tokenHash: hashOf(token), expiresAt: after(now, LINK_MS), ...proof })
    .execute()
  return token
}

const linkOf = ({ publicUrl }: World, token: string, back: string | null) =>
  `${publicUrl}/prove-address?${new URLSearchParams({ token, ...(back && { back }) })}`

export type Proven =
  /** A new user, who may sign in with that password now. */
  | { outcome: 'new'; email: string; hasBusiness: boolean }
  /** Somebody who was here already. */
  | { outcome: 'known' }
  /** The link is too old, was used, or never was. */
  | { outcome: 'gone' }
  | { outcome: 'wrong_password' }
  | { outcome: 'wait'; until: Date }
  /** A link of somebody who is here already works for them only, signed in. */
  | { outcome: 'sign_in_first' }
  /** Sign-up was closed in the meantime. */
  | { outcome: 'closed'; signUp: SignUp }

/**
 * The link alone proves nothing: it also takes the password of that sign-up (or the session of that user). Else somebody
 * who signs up with a stranger's address would come in as soon as the stranger opens a mail.
 */
export async function proveAddress(
  world: World,
  { token, password, userId }: { token: string; password: string; userId: string | null },
): Promise<Proven> {
  const tokenHash = hashOf(token)
  const proof = await asPlatform(world.db, (tx) =>
    tx
      .selectFrom('addressProofs')
      .select(['userId', 'password'])
      .where('tokenHash', '=', tokenHash)
      .where('expiresAt', '>', world.now())
      .executeTakeFirst(),
  )
  if (!proof) return { outcome: 'gone' }
  if (proof.userId) return proof.userId === userId ? proveKnown(world, userId) : { outcome: 'sign_in_first' }
  const until = await world.limits.brake(GUESSES_AT_LINK, token)
  if (until) return { outcome: 'wait', until }
  if (!(await verifyPassword({ hash: proof.password ?? '', password }))) return { outcome: 'wrong_password' }
  return asPlatform(world.db, (tx) => makeUser(world, tx, tokenHash))
}

/** Their other links have nothing to prove any more. */
async function proveKnown(world: World, userId: string): Promise<Proven> {
  return asPlatform(world.db, async (tx) => {
    const user = await tx
      .updateTable('users')
      .set({ emailVerified: true, updatedAt: world.now() })
      .where('id', '=', userId)
      .returning('id')
      .executeTakeFirst()
    await tx.deleteFrom('addressProofs').where('userId', '=', userId).execute()
    return user ? { outcome: 'known' } : { outcome: 'gone' }
  })
}

async function makeUser(world: World, tx: Tx, tokenHash: Buffer): Promise<Proven> {
  const signUp = await whoMaySignUpNow(world, tx)
  const proof = await tx
    .selectFrom('addressProofs')
    .selectAll()
    .where('tokenHash', '=', tokenHash)
    .forUpdate()
    .executeTakeFirst()
  if (!proof?.name) return { outcome: 'gone' }
  if (signUp === 'off' || (proof.business && signUp !== 'open')) return { outcome: 'closed', signUp }
  const id = newId()
  const made = await tx
    .insertInto('users')
    .values({ id, name: proof.name, email: proof.email, emailVerified: true })
    .onConflict((c) => c.column('email').doNothing())
    .returning('id')
    .executeTakeFirst()
  await tx.deleteFrom('addressProofs').where('email', '=', proof.email).execute()
  // They have used another link of theirs meanwhile.
  if (!made) return { outcome: 'gone' }
  await tx
    .insertInto('signInMethods')
    .values({ id: newId(), accountId: id, providerId: 'credential', userId: id, password: proof.password })
    .execute()
  if (proof.business) await openAccount(tx, { userId: id, name: proof.business })
  return { outcome: 'new', email: proof.email, hasBusiness: proof.business !== null }
}
