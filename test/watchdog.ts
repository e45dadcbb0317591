/**
 * test/run.ts loads this into the process of each test file, and it kills that process after five minutes. The test
 * runner's own timeout is for single tests: it does not end a file that hangs after its last test or is in an endless
 * loop. A separate thread does.
 */
import { writeSync } from 'node:fs'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { endLeftovers } from './leftovers.ts'

const FILE_TIMEOUT_MS = 5 * 60_000

if (isMainThread) {
  process.env.TEXTBACK_TEST_FILE = String(process.pid)
  new Worker(new URL(import.meta.url), { workerData: 'watchdog', execArgv: [] }).unref()
} else if (workerData === 'watchdog') {
  setTimeout(() => {
    writeSync(2, `This test file did not end within ${FILE_TIMEOUT_MS / 1000} s, so it was killed.\n`)
    // Leftover processes hold our output open, and the runner would wait for them.
    endLeftovers(`TEXTBACK_TEST_FILE=${process.pid}`)
    process.kill(process.pid, 'SIGKILL')
  }, FILE_TIMEOUT_MS)
}
