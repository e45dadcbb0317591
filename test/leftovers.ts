import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'

/**
 * Kills what a test has started and left running, even when it is in a process group of its own: every process that
 * has inherited this variable (`NAME=value`), or that works below `dir`, as a PostgreSQL does, whose environment is
 * empty. Linux only; elsewhere it does nothing.
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
      // Not ours to look at, or gone by itself.
    }
  }
}

/** A PostgreSQL's folder for its socket is in /tmp, and named in the fifth line of this file. */
function removeSocketDir(cluster: string): void {
  try {
    const dir = readFileSync(`${cluster}/postmaster.pid`, 'utf8').split('\n')[4]
    if (dir?.startsWith('/tmp/textback-')) rmSync(dir, { recursive: true, force: true })
  } catch {
    // Not a PostgreSQL.
  }
}
