import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { ConfigFault, readConfig } from './config.ts'

const faultOf = (env: Record<string, string>) => {
  try {
    readConfig(env)
    return null
  } catch (error) {
    assert.ok(error instanceof ConfigFault)
    return error.message
  }
}

test('no variable is required; the default is a trial with the simulator', () => {
  const config = readConfig({})
  assert.partialDeepStrictEqual(config, {
    port: 3000,
    host: '127.0.0.1',
    publicUrl: 'http://127.0.0.1:3000',
    databaseUrl: null,
    secretKey: null,
    newSecretKey: null,
    provision: null,
    simulator: true,
    logLevel: 'info',
  })
  assert.match(config.dataDir, /\/data$/)
})

test('an empty variable counts as not set', () => {
  assert.deepEqual(readConfig({ PORT: '', DATABASE_URL: ' ', SIMULATOR: '', SECRET_KEY: '' }), readConfig({}))
})

test('the simulator is off by default when the settings mean real use', () => {
  assert.equal(readConfig({ PROVISION: 'acme.json' }).simulator, false)
  assert.equal(readConfig({ PUBLIC_URL: 'https://calls.example.com' }).simulator, false)
  assert.equal(readConfig({ DATABASE_URL: 'postgres://127.0.0.1/textback' }).simulator, false)
  assert.equal(readConfig({ PROVISION: 'acme.json', SIMULATOR: 'on' }).simulator, true)
  assert.equal(readConfig({ SIMULATOR: 'off' }).simulator, false)
})

describe('the simulator, which shows everybody who signs up what is on its wire, runs on this machine only', () => {
  const refused: Record<string, string>[] = [
    { PUBLIC_URL: 'https://calls.example.com' },
    { PUBLIC_URL: 'http://192.0.2.7:3000' },
    { PUBLIC_URL: 'https://localhost.example.com' },
    { PUBLIC_URL: 'https://127.example.com' },
    { PUBLIC_URL: 'https://test' },
    { PUBLIC_URL: 'http://10.0.0.5:3000' },
    { HOST: '0.0.0.0' },
    { HOST: '::' },
    { HOST: '192.168.1.5' },
    { HOST: '127.example.com' },
    { HOST: '0.0.0.0', PUBLIC_URL: 'http://127.0.0.1:3000' },
  ]
  for (const env of refused)
    test(`not with ${Object.entries(env).flat().join(' ')}`, () => {
      const fault = faultOf({ ...env, SIMULATOR: 'on' }) ?? 'no fault'
      const [name] = Object.keys(env)
      assert.match(fault, new RegExp(`\\n  SIMULATOR is on, but ${name} is .*: anybody who`))
      assert.match(fault, /SIMULATOR=off.*HOST.*PUBLIC_URL.*loopback/s)
      assert.equal(readConfig(env).simulator, false, 'and it is not on by itself')
    })

  const taken: Record<string, string>[] = [
    {},
    { HOST: 'localhost', PORT: '8080' },
    { HOST: '::1' },
    { HOST: '127.0.0.2' },
    { PUBLIC_URL: 'http://localhost:3000' },
    { PUBLIC_URL: 'http://[::1]:3000' },
    { PUBLIC_URL: 'https://textback.test' },
    { PUBLIC_URL: 'http://acme.localhost:3000' },
    { PROVISION: 'acme.json', DATABASE_URL: 'postgres://127.0.0.1/textback' },
  ]
  for (const env of taken)
    test(`but with ${Object.entries(env).flat().join(' ') || 'nothing set'}`, () =>
      assert.equal(readConfig({ ...env, SIMULATOR: 'on' }).simulator, true))
})

test('the public address loses its last slash, and follows host and port when it is not given', () => {
  assert.equal(readConfig({ PUBLIC_URL: 'https://calls.example.com/' }).publicUrl, 'https://calls.example.com')
  assert.equal(readConfig({ PORT: '8080' }).publicUrl, 'http://127.0.0.1:8080')
  assert.equal(readConfig({ HOST: '0.0.0.0', PORT: '8080' }).publicUrl, 'http://127.0.0.1:8080')
  assert.equal(readConfig({ HOST: '::1' }).publicUrl, 'http://[::1]:3000')
  assert.equal(readConfig({ HOST: '::' }).publicUrl, 'http://127.0.0.1:3000')
})

describe('a fault names its variable and what to write', () => {
  const cases: [string, string, RegExp][] = [
    ['PORT', 'eighty', /PORT must be a number/],
    ['PORT', '65536', /PORT must be 0 to 65535/],
    ['PUBLIC_URL', 'calls.example.com', /PUBLIC_URL must be a full address like https:/],
    ['PUBLIC_URL', 'ftp://calls.example.com', /PUBLIC_URL must be a full address/],
    ['DATABASE_URL', 'mysql://127.0.0.1/x', /DATABASE_URL must begin with postgres/],
    ['SECRET_KEY', 'short', /SECRET_KEY must have at least 32 characters; try: openssl/],
    ['SIMULATOR', 'yes', /SIMULATOR must be on or off/],
    ['LOG_LEVEL', 'loud', /LOG_LEVEL must be fatal, error/],
  ]
  for (const [name, value, message] of cases)
    test(`${name}=${value}`, () => assert.match(faultOf({ [name]: value }) ?? 'no fault', message))

  test('all of them at once', () => {
    const fault = faultOf({ PORT: 'x', SIMULATOR: 'x', LOG_LEVEL: 'x' }) ?? ''
    assert.match(fault, /PORT.*\n.*SIMULATOR.*\n.*LOG_LEVEL/)
  })
})

test('any environment is either read or its faults are named', () => {
  const names = [
    'PORT',
    'HOST',
    'PUBLIC_URL',
    'DATA_DIR',
    'DATABASE_URL',
    'SECRET_KEY',
    'PROVISION',
    'SIMULATOR',
    'LOG_LEVEL',
  ]
  const value = fc.oneof(fc.string(), fc.constantFrom('0', '-1', '1e3', 'on', 'info', 'https://x', 'postgres://x', '…'))
  const environments = fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] })
  fc.assert(
    fc.property(environments, (env) => {
      const fault = faultOf(env as Record<string, string>)
      if (fault !== null) assert.match(fault, new RegExp(`^The environment has faults:\\n {2}(${names.join('|')}) `))
      else assert.ok(Number.isInteger(readConfig(env as Record<string, string>).port))
    }),
    { numRuns: 500 },
  )
})
