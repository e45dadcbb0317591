import type { Face } from './wire.ts'

export type OptOutWord = 'STOP' | 'START' | 'HELP'

/** A phone that opted out of a business number, at that number's carrier. */
export type Block = { face: Face; business: string; phone: string; keyword: string; at: Date }

/** The carriers' lists differ; both match the whole text only, ignoring case and surrounding space. */
const words: Record<Face, Record<OptOutWord, string[]>> = {
  twilio: {
    STOP: ['STOP', 'UNSUBSCRIBE', 'END', 'QUIT', 'STOPALL', 'REVOKE', 'OPTOUT', 'CANCEL'],
    START: ['START', 'YES', 'UNSTOP'],
    HELP: ['HELP', 'INFO'],
  },
  telnyx: {
    STOP: ['STOP', 'STOPALL', 'STOP ALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT'],
    START: ['START', 'UNSTOP'],
    HELP: ['HELP', 'INFO'],
  },
}

export const confirmations: Record<OptOutWord, string> = {
  STOP: 'You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.',
  START:
    'You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe.',
  HELP: 'Reply STOP to unsubscribe. Msg&Data Rates May Apply.',
}

/** The carriers' own opt-out list, which no app can override. */
export class OptOuts {
  #blocks = new Map<string, Block>()

  blocked(face: Face, business: string, phone: string): boolean {
    return this.#blocks.has(keyOf(face, business, phone))
  }

  /** Reads a text of a phone, blocks or unblocks the pair, and returns the word. */
  readWord(face: Face, business: string, phone: string, body: string): OptOutWord | null {
    const said = body.trim().toUpperCase()
    const word = (['STOP', 'START', 'HELP'] as const).find((name) => words[face][name].includes(said)) ?? null
    const key = keyOf(face, business, phone)
    if (word === 'STOP') this.#blocks.set(key, { face, business, phone, keyword: said, at: new Date() })
    if (word === 'START') this.#blocks.delete(key)
    return word
  }

  all(face: Face): Block[] {
    return [...this.#blocks.values()].filter((block) => block.face === face)
  }

  clear() {
    this.#blocks.clear()
  }
}

function keyOf(face: Face, business: string, phone: string): string {
  return `${face} ${business} ${phone}`
}
