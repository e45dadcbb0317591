/** What Twilio documents of its requests' fields (twilio.com/docs: voice/twiml, messaging/guides/webhook-request). */

const PHONE = String.raw`\+?\d{3,15}`
const WITHHELD = '(?:[Aa]nonymous|[Uu]nknown|[Rr]estricted|[Pp]rivate|[Uu]navailable|[Bb]locked|[Ww]ithheld)'
const OTHER_LINE = String.raw`sips?:[^@\s]{1,200}@[^@\sA-Z]{1,200}|client:[^\sA-Z]{1,200}`
const TIME = String.raw`[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}`
const CALL_SID = 'CA[0-9a-fA-F]{32}'
const MESSAGE_SID = '(?:SM|MM)[0-9a-fA-F]{32}'
const STATUS = '[a-z][a-z_-]*'
const NUMBER = String.raw`\d{1,9}`
// Twilio's are STOP, START and HELP; a part of one of them is what somebody cut.
const OPT_OUT = '(?!(?:S|ST|STO|STA|STAR|H|HE|HEL)$)[A-Za-z]+'

/** What the values are, where that is certain. None can end in its middle, or go on with another field's name. */
const VALUES = new Map(
  Object.entries({
    CallSid: CALL_SID,
    ParentCallSid: CALL_SID,
    DialCallSid: CALL_SID,
    MessageSid: MESSAGE_SID,
    // A sender of texts may be a name.
    From: `(?:${PHONE}|${WITHHELD}|${OTHER_LINE}|[A-Za-z0-9 ]{1,11})?`,
    To: `${PHONE}|${OTHER_LINE}`,
    CallStatus: STATUS,
    DialCallStatus: STATUS,
    MessageStatus: STATUS,
    DialBridged: 'true|false',
    CallDuration: `(?:${NUMBER})?`,
    NumMedia: `(?:${NUMBER})?`,
    ErrorCode: `(?:${NUMBER})?`,
    MediaUrl: String.raw`(?:https?://\S+)?`,
    MediaContentType: String.raw`(?:[A-Za-z]\S*)?`,
    OptOutType: OPT_OUT,
    // A time with something behind it has swallowed that; anything else is no time, and ignored.
    Timestamp: `${TIME}|(?!${TIME})[^]*`,
  }).map(([name, source]) => [name, new RegExp(`^(?:${source})$`)]),
)

/** Names that are no words of a language, so that each place where one stands is suspicious. */
export const LONG_NAMES = `
  AccountSid AddOns ApiVersion ButtonPayload ButtonText CallDuration CallSid CallStatus CallToken CallbackSource
  CalledCity CalledCountry CalledState CalledVia CalledZip CallerCity CallerCountry CallerName CallerState CallerZip
  ChannelInstallSid ChannelMetadata ChannelPrefix ChannelStatusMessage DialBridged DialCallDuration DialCallSid
  DialCallStatus ErrorCode ErrorMessage EventType ForwardedFrom FromCity FromCountry FromState FromZip MediaContentType
  MediaUrl MessageSid MessageStatus MessageType MessagingServiceSid NumMedia NumSegments OptOutType
  OriginalRepliedMessageSender OriginalRepliedMessageSid ParentCallSid ProfileName QueueTime RawDlrDoneDate
  RecordingDuration RecordingSid RecordingUrl SequenceNumber SipCallId SipDomain SipDomainSid SipResponseCode SipSourceIp
  SmsMessageSid SmsSid SmsStatus StirPassportToken StirStatus StirVerstat ToCity ToCountry ToState ToZip`
  .trim()
  .split(/\s+/)

/** Names that are words too, each with what stands behind it where it is a name. */
export const SHORT_NAMES = new Map(
  Object.entries({
    From: `${PHONE}|${WITHHELD}|${OTHER_LINE}`,
    // Three digits behind a "To" may stand in any token.
    To: String.raw`\+\d{5,15}|\d{7,15}|${OTHER_LINE}`,
    Timestamp: TIME,
  }).map(([name, source]) => [name, new RegExp(`${name}(?:${source})(?![a-z0-9])`, 'g')]),
)

const OTHERS = ['Body', 'Called', 'Caller', 'Digits', 'Direction', 'Duration', 'Forwarded', 'Price', 'WaId']

const DOCUMENTED = new Set([...LONG_NAMES, ...SHORT_NAMES.keys(), ...OTHERS])

/** `MediaUrl` for `MediaUrl0`. */
const withoutPlace = (name: string) => name.replace(/^(Media(?:Url|ContentType))\d$/, '$1')

export const isDocumented = (name: string) =>
  (DOCUMENTED.has(name) && !name.startsWith('Media')) ||
  /^Media(?:Url|ContentType)\d$/.test(name) ||
  name.startsWith('SipHeader_')

/** Words with a capital. The names of SIP headers are the caller's. */
export const isName = (name: string) => /^(?:[A-Z][A-Za-z0-9]*|SipHeader_[A-Za-z0-9_-]+)$/.test(name)

export const isValueOf = (name: string, value: string) => VALUES.get(withoutPlace(name))?.test(value) ?? true
