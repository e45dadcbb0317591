import type { Measured } from './measure.ts'

/** Measurements as text: every figure with its unit. */

export const perSecond = (m: Measured) => m.calls / m.seconds

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export function latency({ latencies }: Measured): string {
  const at = (p: number) => `${(latencies[Math.floor(latencies.length * p)] ?? Number.NaN).toFixed(1)} ms`
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}`
}

/** What went wrong; empty when nothing did. */
export function hiccups({ hiccups: { refused, textless, doubled } }: Measured): string {
  if (refused + textless + doubled === 0) return ''
  return `; ${refused} webhooks refused, ${textless} calls without a text, ${doubled} texts too many`
}

export function shares({ cpu, rival }: Measured): string {
  const postgres = rival === 'textback' ? `, PostgreSQL ${percent(cpu.postgres)}` : ''
  const app = `JavaScript ${percent(cpu.main)}, its other threads ${percent(cpu.rest)}`
  return `of a core: ${app}${postgres}, load ${percent(cpu.load)}, others on this machine ${percent(cpu.others)}`
}

export function cpuPerCall(m: Measured): string {
  const each = (share: number) => `${((share * m.seconds * 1000) / m.calls).toFixed(2)} ms`
  const app = `${each(m.cpu.main)} JavaScript and ${each(m.cpu.rest)} other threads of the app`
  return `CPU per call: ${app}, ${each(m.cpu.postgres)} PostgreSQL, ${each(m.cpu.load)} load`
}

/** Guesses the limit: what is nearly used up. */
export function limit({ cpu, cores }: Measured): string {
  const ours = cpu.main + cpu.rest + cpu.postgres + cpu.load
  const used = `${percent(ours)} of ${cores} cores went into this, ${percent(cpu.others)} into others on the machine.`
  if (cpu.main > 0.9) return `The limit: the app's one JavaScript thread, ${percent(cpu.main)} busy. ${used}`
  if (ours + cpu.others > 0.9 * cores) return `The limit: the machine. ${used}`
  return `The limit: waiting for each other, for the disk or for locks. ${used}`
}

const percent = (share: number) => `${Math.round(share * 100)} %`
