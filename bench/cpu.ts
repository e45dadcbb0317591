import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** Seconds of CPU: of a process with its ended children, and of its first thread, which runs the JavaScript. */
export type Cpu = { all: number; main: number }

// USER_HZ, the unit of these files on Linux, whatever the kernel's own tick is.
const TICKS_A_SECOND = 100

/** From /proc; `children` adds the children that run now (PostgreSQL's are processes). Zeros where there is no /proc. */
export function cpuOf(pid: number, { children = false } = {}): Cpu {
  let all = read(`/proc/${pid}/stat`, true).ticks
  if (children)
    for (const name of processes()) {
      const child = read(`/proc/${name}/stat`, false)
      if (child.parent === pid) all += child.ticks
    }
  return { all: all / TICKS_A_SECOND, main: read(`/proc/${pid}/task/${pid}/stat`, false).ticks / TICKS_A_SECOND }
}

/** Seconds of CPU that all processes of the machine have used. */
export function cpuOfAll(): number {
  const times = cpus().map((core) => core.times)
  return times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0) / 1000
}

function processes(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

function read(path: string, withEnded: boolean): { parent: number; ticks: number } {
  try {
    // The name, in brackets, may hold blanks: what follows it is fields 3 and on of proc(5).
    const text = readFileSync(path, 'utf8')
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const own = fields[11]! + fields[12]!
    return { parent: fields[1]!, ticks: withEnded ? own + fields[13]! + fields[14]! : own }
  } catch {
    return { parent: 0, ticks: 0 }
  }
}
