import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../simulator/main.ts', import.meta.url))

/**
 * Starts the simulated phone network as a program of its own, as a real carrier would be. In its own process group, so
 * that Ctrl-C in the terminal reaches it only through us, after the last texts are settled; it ends with us in any case.
 */
export async function startSimulation(): Promise<{ stop(): Promise<void> }> {
  const child = fork(program, [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true })
  const exited = new Promise<void>((done) => child.once('exit', () => done()))
  let complaint = ''
  child.stderr?.on('data', (chunk) => {
    complaint += chunk
  })
  await new Promise<void>((ready, failed) => {
    child.stdout?.once('data', () => ready())
    child.once('error', failed)
    child.once('exit', (code) =>
      failed(new Error(complaint.trim() || `The simulated phone network ended at once with code ${code}.`)),
    )
  })
  return {
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
