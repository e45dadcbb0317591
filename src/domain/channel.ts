import { LONGEST_BODY, measureText } from './message.ts'
import { readPhone } from './phone.ts'

/** How a message reaches a person. */
export type ChannelKind = 'sms'

/** What holds for a kind of channel whichever vendor carries it. Pure, so that an editor says what the server will say. */
export type ChannelFacts = {
  /** What its addresses are. Channels that share addresses also share what is known of them: calls and texts do. */
  addressKind: string
  /** The address as it is stored, from what a person or a vendor wrote; null when there can be no such address. */
  readAddress(written: string, country?: string): string | null
  /** What a body costs: one segment for all of it where a channel does not count. */
  measure(body: string): { segments: number }
  /** In characters, which is the most that every vendor of the channel takes. */
  longestBody: number
  /** Whether we may write now, by the channel's own rules; `template` is a body that was approved beforehand. */
  mayReply(now: Date, lastHeardFromAt: Date | null): 'free' | 'template' | 'no'
}

export const CHANNELS: Record<ChannelKind, ChannelFacts> = {
  sms: {
    addressKind: 'phone',
    readAddress: readPhone,
    measure: measureText,
    longestBody: LONGEST_BODY,
    // A text may leave at any hour of the conversation. Who opted out is a fact about the person, not about the channel.
    mayReply: () => 'free',
  },
}
