import type { EventEmitter } from 'node:events'

export type Face = 'twilio' | 'telnyx'

/** One HTTP exchange between the app and a face of the network. `status` is null when no answer came. */
export type WireEntry = {
  seq: number
  at: string
  face: Face
  direction: 'to_carrier' | 'to_app'
  method: string
  url: string
  headers: Record<string, string>
  body: string
  status: number | null
  answer: string
  ms: number
  note?: string
}

/** 5,000 entries of about 2 KB stay under 10 MB, and hold a few minutes of a busy bench. */
const capacity = 5000

export class Wire {
  recording = true
  #entries: WireEntry[] = []
  #seq = 0
  #cleared = 0
  #changes: EventEmitter

  constructor(changes: EventEmitter) {
    this.#changes = changes
  }

  record(entry: Omit<WireEntry, 'seq'>) {
    if (!this.recording) return
    const numbered = { seq: ++this.#seq, ...entry }
    // A ring buffer: a new entry overwrites the oldest.
    this.#entries[(numbered.seq - 1) % capacity] = numbered
    this.#changes.emit('wire', numbered)
  }

  /** The entries after `seq`, oldest first; of more than `latest`, the newest. */
  after(seq: number, latest = capacity): WireEntry[] {
    const first = Math.max(seq, this.#cleared, this.#seq - Math.min(latest, capacity)) + 1
    const found: WireEntry[] = []
    for (let s = first; s <= this.#seq; s++) found.push(this.#entries[(s - 1) % capacity]!)
    return found
  }

  /** A note that is no exchange but explains one. */
  remark(face: Face, note: string) {
    const nothing = { method: '', url: '', headers: {}, body: '', status: null, answer: '', ms: 0 }
    this.record({ at: new Date().toISOString(), face, direction: 'to_app', ...nothing, note })
  }

  /** The numbering continues, so that a reader who goes on from a number misses nothing. */
  clear() {
    this.#entries = []
    this.#cleared = this.#seq
  }
}

export function plainHeaders(headers: Record<string, unknown>): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = name === 'authorization' ? '(redacted)' : String(value)
  }
  return plain
}
