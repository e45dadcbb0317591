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

const shape = z.object({
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

export class ConfigFault extends Error {}

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')

/** The only reader of the environment. Throws a ConfigFault that names every fault at once. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.keys(shape.shape).map((key) => [key, filled(env[key])]))
  const read = shape.safeParse(given)
  if (!read.success) {
    const faults = read.error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`)
    throw new ConfigFault(`The environment has faults:\n${faults.join('\n')}`)
  }
  const e = read.data
  // A public address, an open network or another database means real use: there the simulator is off unless asked for.
  const untouched = !e.PROVISION && !e.DATABASE_URL && !e.PUBLIC_URL && isLoopback(e.HOST)
  return {
    port: e.PORT,
    host: e.HOST,
    publicUrl: e.PUBLIC_URL ?? `http://${e.HOST === '0.0.0.0' ? '127.0.0.1' : e.HOST}:${e.PORT}`,
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
