import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import type { Faults } from './faults.ts'
import { type Face, plainHeaders, type Wire } from './wire.ts'

/** One HTTP request of a carrier to the app. Times are real milliseconds. */
export type Letter = {
  face: Face
  method: 'GET' | 'POST'
  url: string
  headers: Record<string, string>
  body: string
  connectMs: number
  answerMs: number
  note?: string
}

/** `no_connection`: the app was never reached, or the connection broke; `timeout`: it did not answer in time. */
export type Reply =
  | { ok: true; status: number; contentType: string; body: string }
  | { ok: false; why: 'no_connection' | 'timeout' | 'dropped'; detail: string }

/** A held webhook that nothing overtakes goes out after this time, so that reordering loses none. */
const longestHoldMs = 500

/** Brings webhooks to the app, with the faults that are set. */
export class Courier {
  /** False: every webhook fails as if the app were down. */
  delivering = true
  #faults: Faults
  #wire: Wire
  #agents = new Map<number, Agent>()
  #held = new Map<string, Set<() => void>>()
  #stop = new AbortController()

  constructor(faults: Faults, wire: Wire) {
    this.#faults = faults
    this.#wire = wire
    setMaxListeners(0, this.#stop.signal)
  }

  /**
   * Runs one delivery (retries included) under the faults. `key` names the call or message: a later delivery of the same
   * key releases a held one. A question, whose answer steers the call, is never held: nothing could overtake it.
   */
  async deliver<T>(key: string, kind: 'question' | 'notice', send: () => Promise<T>): Promise<T> {
    const fault = this.#faults.forWebhook()
    if (fault.delayMs > 0) await this.#pause(fault.delayMs)
    if (fault.reorder && kind === 'notice') await this.#hold(key)
    const sent = send()
    if (fault.duplicate) void send()
    const reply = await sent
    this.#release(key)
    return reply
  }

  /** One attempt. Never throws. */
  async post(letter: Letter): Promise<Reply> {
    const began = performance.now()
    const reply = this.delivering
      ? await this.#exchange(letter)
      : ({ ok: false, why: 'dropped', detail: 'webhooks are turned off in the simulator' } as const)
    if (this.#wire.recording) {
      const ms = performance.now() - began
      this.#wire.record({
        at: new Date(Date.now() - ms).toISOString(),
        face: letter.face,
        direction: 'to_app',
        method: letter.method,
        url: letter.url,
        headers: plainHeaders(letter.headers),
        body: letter.body,
        status: reply.ok ? reply.status : null,
        answer: reply.ok ? reply.body : '',
        ms: Math.round(ms),
        ...noteOf(letter, reply),
      })
    }
    return reply
  }

  /** Sends something so many milliseconds later; at once when none. Nothing is sent any more once the network stops. */
  async later(ms: number, send: () => Promise<unknown>): Promise<void> {
    if (ms > 0) await this.#pause(ms)
    if (!this.#stop.signal.aborted) await send()
  }

  async close() {
    this.#stop.abort()
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()))
  }

  async #exchange(letter: Letter): Promise<Reply> {
    const abort = new AbortController()
    const timer = setTimeout(() => abort.abort(), letter.answerMs)
    try {
      const response = await request(letter.url, {
        dispatcher: this.#agent(letter.connectMs),
        method: letter.method,
        headers: letter.headers,
        body: letter.method === 'POST' ? letter.body : null,
        signal: abort.signal,
      })
      const body = await response.body.text()
      return {
        ok: true,
        status: response.statusCode,
        contentType: String(response.headers['content-type'] ?? ''),
        body,
      }
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      if (abort.signal.aborted) return { ok: false, why: 'timeout', detail: `no answer within ${letter.answerMs} ms` }
      return { ok: false, why: 'no_connection', detail: code ?? message }
    } finally {
      clearTimeout(timer)
    }
  }

  #agent(connectMs: number): Agent {
    let agent = this.#agents.get(connectMs)
    if (!agent) {
      // 256 connections: more than an app on one machine answers at once, fewer than its file descriptors.
      agent = new Agent({ connect: { timeout: connectMs }, connections: 256, keepAliveTimeout: 4000 })
      this.#agents.set(connectMs, agent)
    }
    return agent
  }

  async #hold(key: string) {
    await new Promise<void>((resolve) => {
      const go = () => {
        clearTimeout(timer)
        this.#stop.signal.removeEventListener('abort', go)
        this.#held.get(key)?.delete(go)
        resolve()
      }
      const timer = setTimeout(go, longestHoldMs)
      let waiting = this.#held.get(key)
      if (!waiting) {
        waiting = new Set()
        this.#held.set(key, waiting)
      }
      waiting.add(go)
      this.#stop.signal.addEventListener('abort', go)
    })
  }

  #release(key: string) {
    const waiting = this.#held.get(key)
    if (!waiting) return
    this.#held.delete(key)
    for (const go of [...waiting]) go()
  }

  async #pause(ms: number) {
    await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => {})
  }
}

function noteOf(letter: Letter, reply: Reply): { note?: string } {
  const notes = [letter.note, reply.ok ? undefined : `${reply.why}: ${reply.detail}`].filter(Boolean)
  return notes.length > 0 ? { note: notes.join('; ') } : {}
}
