/**
 * Simulated time, for durations: ring timeouts, speech and delivery. The dates that carriers report are real, because
 * an app compares them with its own clock.
 */
export class Clock {
  #speed = 1
  #base = 0
  #since = performance.now()
  #pending = new Set<Pending>()

  now(): Date {
    return new Date()
  }

  /** Simulated milliseconds since the start. */
  elapsedMs(): number {
    return this.#base + (performance.now() - this.#since) * this.#speed
  }

  get speed(): number {
    return this.#speed
  }

  /** Running timers keep their simulated due time. */
  setSpeed(speed: number) {
    this.#base = this.elapsedMs()
    this.#since = performance.now()
    this.#speed = speed
    for (const pending of this.#pending) {
      clearTimeout(pending.timer)
      this.#arm(pending)
    }
  }

  /** Runs once after so many simulated milliseconds; the returned function cancels it. */
  after(ms: number, run: () => void): () => void {
    const pending: Pending = { due: this.elapsedMs() + ms, run, timer: undefined }
    this.#pending.add(pending)
    this.#arm(pending)
    return () => {
      clearTimeout(pending.timer)
      this.#pending.delete(pending)
    }
  }

  /** Resolves after so many simulated milliseconds, or as soon as the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        cancel()
        signal.removeEventListener('abort', done)
        resolve()
      }
      const cancel = this.after(ms, done)
      signal.addEventListener('abort', done)
    })
  }

  clear() {
    for (const pending of this.#pending) clearTimeout(pending.timer)
    this.#pending.clear()
  }

  #arm(pending: Pending) {
    const wait = Math.max(0, (pending.due - this.elapsedMs()) / this.#speed)
    pending.timer = setTimeout(() => {
      this.#pending.delete(pending)
      pending.run()
    }, wait)
  }
}

type Pending = { due: number; run: () => void; timer: NodeJS.Timeout | undefined }
