import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../simulator/main.ts', import.meta.url))

/**
 * Starts the simulated phone network as a separate process. It has its own process group, so that Ctrl-C in the
 * terminal ends it only through us, after the last texts are settled. It ends with us in any case.
 */
export async function startSimulation(): Promise<{ url: string; stop(): Promise<void> }> {
  const child = fork(program, [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true })
  const exited = new Promise<void>((done) => child.once('exit', () => done()))
  let errors = ''
  child.stderr?.on('data', (chunk) => {
    errors += chunk
  })
  // Its first line is JSON and says where its own API is.
  const line = await new Promise<string>((ready, failed) => {
    child.stdout?.once('data', (chunk) => ready(String(chunk)))
    child.once('error', failed)
    child.once('exit', (code) =>
      failed(new Error(errors.trim() || `The simulated phone network ended at once with code ${code}.`)),
    )
  })
  const { url } = JSON.parse(line) as { url: string }
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
