import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'

/**
 * Kills the processes that a test left running, in any process group: those that inherited this variable
 * (`NAME=value`), and those that work below `dir`, as PostgreSQL does, whose environment is empty. Does nothing outside
 * of Linux.
 */
export function endLeftovers(variable: string, dir?: string): void {
  if (process.platform !== 'linux') return
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue
    try {
      const cwd = readlinkSync(`/proc/${pid}/cwd`)
      const inherits = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(variable)
      if (!inherits && !(dir && cwd.startsWith(`${dir}/`))) continue
      removeSocketDir(cwd)
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // The process is not ours, or has ended.
    }
  }
}

/** PostgreSQL's socket is in a folder in /tmp, which the fifth line of postmaster.pid names. */
function removeSocketDir(cluster: string): void {
  try {
    const dir = readFileSync(`${cluster}/postmaster.pid`, 'utf8').split('\n')[4]
    if (dir?.startsWith('/tmp/textback-')) rmSync(dir, { recursive: true, force: true })
  } catch {
    // Not a PostgreSQL.
  }
}
