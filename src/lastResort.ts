/** How often what nobody caught came, by its kind. */
export type Uncaught = { rejection: number; exception: number }

type Log = { error(facts: object, what: string): void; fatal(facts: object, what: string): void }

/**
 * What happens to faults that nobody caught. A promise whose rejection nobody awaits leaves nothing half done that others
 * rely on: the rows guard every effect, and the watch moves what was left behind. So it ends nothing, whoever made it: a
 * library (the job queue, as it gives its jobs back to a database that is away) or we ourselves. An exception leaves the
 * code that threw it in the middle, so the process ends, in order, and bin/start begins anew. The one exception is a
 * connection that broke with nobody listening. All are told loudly and counted.
 */
export function lastResort(log: Log, end: () => void): Uncaught {
  const uncaught: Uncaught = { rejection: 0, exception: 0 }
  process.on('unhandledRejection', (error) => {
    uncaught.rejection++
    log.error({ err: error, from: whose(error) }, 'nobody awaited a promise that was rejected; the work goes on')
  })
  process.on('uncaughtException', (error) => {
    // The terminal is gone: nobody is there to tell, and telling would make the next one.
    if (isOutputGone(error)) return
    uncaught.exception++
    if (isBrokenConnection(error)) {
      log.error({ err: error, from: whose(error) }, 'a connection broke, and nobody listened; the work goes on')
      return
    }
    log.fatal({ err: error, from: whose(error) }, 'an exception that nobody caught; Textback ends and begins anew')
    end()
  })
  // Without listeners these would be exceptions.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  return uncaught
}

/** The code that is named first in the trace. */
function whose(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const first = stack.split('\n').find((line) => /^\s+at .*(file:|\/)/.test(line) && !line.includes('node:internal'))
  return /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(first ?? '')?.[1] ?? 'textback'
}

/** A socket's error event without a listener, or what PostgreSQL says as it ends a connection. */
function isBrokenConnection(error: unknown): boolean {
  const {
    code = '',
    syscall = '',
    message = '',
  } = (error ?? {}) as { code?: string; syscall?: string; message?: string }
  return (
    ['connect', 'read', 'write', 'shutdown'].includes(syscall) ||
    /^57P/.test(code) ||
    /^Connection terminated/.test(message)
  )
}

function isOutputGone(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as { code?: string; syscall?: string }
  return syscall === 'write' && code === 'EIO'
}
