import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readConfig } from './config.ts'
import { startSimulator } from './simulator.ts'

const usage = 'node simulator/main.ts [--port 4009] [--twilio-port 4010] [--telnyx-port 4011] [--config file.json]'

try {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4009' },
      'twilio-port': { type: 'string', default: '4010' },
      'telnyx-port': { type: 'string', default: '4011' },
      config: { type: 'string' },
    },
  })
  const { stop, ...urls } = await startSimulator({
    port: readPort(values.port),
    twilioPort: readPort(values['twilio-port']),
    telnyxPort: readPort(values['telnyx-port']),
    ...(values.config ? { config: readConfig(JSON.parse(readFileSync(values.config, 'utf8'))) } : {}),
  })
  const end = () => void stop().then(() => process.exit(0))
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  // A parent that is killed sends no signal, but its IPC channel closes.
  process.once('disconnect', end)
  console.log(JSON.stringify({ ready: true, ...urls }))
} catch (error) {
  const { code = '', message } = error as Error & { code?: string }
  console.error(code.startsWith('ERR_PARSE_ARGS') ? `${message}\nUsage: ${usage}` : message)
  process.exit(1)
}

function readPort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`A port is 0 to 65535, not "${text}".`)
  return port
}
