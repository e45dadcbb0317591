/**
 * Loaded into each test file's process by test/run.ts; kills it after five minutes. The test runner's own timeout is
 * for single tests: it lets a file run on that does not end after its last test, or that is in an endless loop. A
 * thread of its own does not wait for either.
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
    // They hold our output open, and the runner would wait for its end.
    endLeftovers(`TEXTBACK_TEST_FILE=${process.pid}`)
    process.kill(process.pid, 'SIGKILL')
  }, FILE_TIMEOUT_MS)
}
