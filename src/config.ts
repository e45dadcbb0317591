import { isIPv4 } from 'node:net'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { bareAddress } from './domain/fields.ts'
import type { SignUpSetting } from './domain/signUp.ts'

export type Config = {
  port: number
  host: string
  /** Where carriers and browsers reach us, without a trailing slash. */
  publicUrl: string
  dataDir: string
  /** Null: our own embedded PostgreSQL in dataDir. */
  databaseUrl: string | null
  /** Null: made once and kept in dataDir. */
  secretKey: string | null
  /** For bin/rotate-key: the key to change to. Null: made, where the old one is in dataDir. */
  newSecretKey: string | null
  /** The provisioning file, or null. */
  provision: string | null
  /** The demo: a simulated phone network, and a business on it. */
  simulator: boolean
  /** Null: mail goes to the log. */
  smtpUrl: string | null
  mailFrom: string
  /** Null: only this machine may read /metrics. */
  metricsToken: string | null
  /** Who may sign up. */
  signUp: SignUpSetting
  /** After so many days a session ends, however much it is used. */
  sessionDays: number
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'
}

const filled = (text: string | undefined) => (text?.trim() ? text.trim() : undefined)

const onOff = z.enum(['on', 'off'], 'must be on or off')

const key = z.string().min(32, 'must have at least 32 characters; try: openssl rand -base64 32')

const variables = z.object({
  PORT: z.coerce.number('must be a number').int().min(0).max(65535, 'must be 0 to 65535').default(3000),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be a full address like https://calls.example.com' })
    .transform(bareAddress)
    .optional(),
  DATA_DIR: z.string().optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
    .optional(),
  SECRET_KEY: key.optional(),
  NEW_SECRET_KEY: key.optional(),
  PROVISION: z.string().optional(),
  SIMULATOR: onOff.optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'must begin with smtp:// or smtps://')
    .optional(),
  MAIL_FROM: z.string().default('Textback <textback@localhost>'),
  SIGN_UP: z.enum(['off', 'invite', 'open'], 'must be off, invite or open').optional(),
  SESSION_DAYS: z.coerce.number('must be a number').int().min(1).max(365, 'must be 1 to 365').default(30),
  METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters; try: openssl rand -hex 16').optional(),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'must be fatal, error, warn, info, debug or silent')
    .default('info'),
})

const shape = variables.superRefine((env, ctx) => {
  const why = env.SIMULATOR === 'on' ? whyNoSimulator(env) : null
  if (why) ctx.addIssue({ code: 'custom', path: ['SIMULATOR'], message: why })
})

export class ConfigFault extends Error {}

/** An address that only this machine has. A name may begin with 127 too. */
const isLoopback = (host: string) => host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))

/** Names that no public server can have (RFC 6761), for trying out behind a web server of one's own. */
const isOnlyHere = (url: string) => {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  return isLoopback(host) || /\.(test|localhost)$/.test(host)
}

/** Why the simulator must not run, or null. Whoever signs up may see its wire and use the demo business. */
function whyNoSimulator({ HOST, PUBLIC_URL }: { HOST: string; PUBLIC_URL?: string | undefined }): string | null {
  const open = !isLoopback(HOST)
    ? `HOST is ${HOST}`
    : PUBLIC_URL && !isOnlyHere(PUBLIC_URL)
      ? `PUBLIC_URL is ${PUBLIC_URL}`
      : null
  return (
    open &&
    `is on, but ${open}: anybody who gets there could read its texts and use the demo business. ` +
      'For real work set SIMULATOR=off. To try it out, leave HOST and PUBLIC_URL unset or give a loopback address ' +
      '(127.0.0.1, localhost, or a name that ends in .test), and come from elsewhere by an SSH tunnel.'
  )
}

/** An address that stands for all of the machine's is reached by its own. */
const hostInUrl = (host: string) =>
  host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host

const faultsOf = ({ issues }: z.ZodError) =>
  `The environment has faults:\n${issues.map(({ path, message }) => `  ${path.join('.')} ${message}`).join('\n')}`

/** The only reader of the environment. Throws a ConfigFault that names every fault at once. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.keys(variables.shape).map((key) => [key, filled(env[key])]))
  const read = shape.safeParse(given)
  if (!read.success) throw new ConfigFault(faultsOf(read.error))
  const e = read.data
  // A public address, an open network or another database means real use: there the simulator is off unless asked for.
  const untouched = !e.PROVISION && !e.DATABASE_URL && !e.PUBLIC_URL && isLoopback(e.HOST)
  return {
    port: e.PORT,
    host: e.HOST,
    publicUrl: e.PUBLIC_URL ?? `http://${hostInUrl(e.HOST)}:${e.PORT}`,
    // The default is beside the program, whatever the working directory.
    dataDir: e.DATA_DIR ? resolve(e.DATA_DIR) : fileURLToPath(new URL('../data', import.meta.url)),
    databaseUrl: e.DATABASE_URL ?? null,
    secretKey: e.SECRET_KEY ?? null,
    newSecretKey: e.NEW_SECRET_KEY ?? null,
    provision: e.PROVISION ?? null,
    simulator: e.SIMULATOR ? e.SIMULATOR === 'on' : untouched,
    smtpUrl: e.SMTP_URL ?? null,
    mailFrom: e.MAIL_FROM,
    metricsToken: e.METRICS_TOKEN ?? null,
    signUp: e.SIGN_UP ?? 'first',
    sessionDays: e.SESSION_DAYS,
    logLevel: e.LOG_LEVEL,
  }
}
