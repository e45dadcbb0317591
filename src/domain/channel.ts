import { LONGEST_BODY, measureText } from './message.ts'
import { readPhone } from './phone.ts'

/** How a message reaches a person. */
export type ChannelKind = 'sms'

/** The facts of a kind of channel, the same for every vendor. Pure, so that the web app and the server agree. */
export type ChannelFacts = {
  /** The kind of its addresses. Channels of one kind share what is known of an address, as calls and texts do. */
  addressKind: string
  /** The address as we store it, from what a person or a vendor wrote; null when it is not valid. */
  readAddress(written: string, country?: string): string | null
  /** What a body costs; one segment where the channel does not count them. */
  measure(body: string): { segments: number }
  /** In characters: what every vendor of the channel accepts. */
  longestBody: number
  /** Whether the channel's rules let us write now; `template`: only a body that was approved beforehand. */
  mayReply(now: Date, lastReceivedAt: Date | null): 'free' | 'template' | 'no'
}

export const CHANNELS: Record<ChannelKind, ChannelFacts> = {
  sms: {
    addressKind: 'phone',
    readAddress: readPhone,
    measure: measureText,
    longestBody: LONGEST_BODY,
    // SMS has no time window. An opt-out is a fact about the person, not about the channel.
    mayReply: () => 'free',
  },
}
