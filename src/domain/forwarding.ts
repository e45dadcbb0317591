/**
 * Conditional call forwarding (CFNA: call forward no answer) by carrier. `NUMBER` stands for our number. GSM codes are
 * 3GPP TS 22.030: `**61*number*11*seconds#` turns it on, `*#61#` asks, `##61#` turns it off; 21 would forward every
 * call.
 */
export type ForwardingCodes = {
  carrier: string
  country: 'US' | 'CA' | 'GB' | 'AU' | 'any'
  on: string[]
  check: string | null
  off: string | null
  note: string
  source: string
  confidence: 'good' | 'sources differ' | 'unverified'
}

const GSM = '3GPP TS 22.030'

const CODES: ForwardingCodes[] = [
  {
    carrier: 'T-Mobile',
    country: 'US',
    on: ['**61*NUMBER*11*20#'],
    check: '*#61#',
    off: '##61#',
    note: 'The 20 is how many seconds it rings first: 5 to 30, in fives. ##004# ends all conditional forwarding.',
    source: `Carrier’s help pages, ${GSM}`,
    confidence: 'good',
  },
  {
    carrier: 'AT&T Mobility',
    country: 'US',
    on: ['*61*NUMBER#', '*92NUMBER'],
    check: '*#61#',
    off: '##61#',
    note: 'Sources name two codes; try the second when the first is refused. The second is turned off by *93#.',
    source: 'Set-up guides of two vendors',
    confidence: 'sources differ',
  },
  {
    carrier: 'Verizon Wireless',
    country: 'US',
    on: ['*71NUMBER'],
    check: null,
    off: '*73',
    note: 'Forwards when busy and when not answered. The line may need it switched on by Verizon first.',
    source: 'Carrier’s help pages',
    confidence: 'good',
  },
  {
    carrier: 'US Cellular',
    country: 'US',
    on: ['*92NUMBER'],
    check: null,
    off: '*93',
    note: 'Ask the carrier when the code is refused.',
    source: 'Vendor lists',
    confidence: 'unverified',
  },
  {
    carrier: 'Landline, cable or VoIP',
    country: 'US',
    on: ['*92NUMBER'],
    check: null,
    off: '*93',
    note: 'For when the line is busy as well: *90NUMBER on, *91 off.',
    source: 'Common vertical service codes',
    confidence: 'good',
  },
  {
    carrier: 'Spectrum',
    country: 'US',
    on: ['*71NUMBER'],
    check: null,
    off: '*73',
    note: 'Or in the online portal, under Voice settings.',
    source: 'Vendor lists',
    confidence: 'sources differ',
  },
  {
    carrier: 'Xfinity',
    country: 'US',
    on: ['*92NUMBER'],
    check: null,
    off: '*93',
    note: 'Or in the online portal.',
    source: 'Vendor lists',
    confidence: 'unverified',
  },
  {
    carrier: 'Google Voice',
    country: 'US',
    on: [],
    check: null,
    off: null,
    note: 'Settings → Calls → Call forwarding → forward when busy or unanswered, then enter NUMBER.',
    source: 'Vendor guide',
    confidence: 'good',
  },
  {
    carrier: 'RingCentral, Vonage, Ooma, Grasshopper, Nextiva',
    country: 'any',
    on: [],
    check: null,
    off: null,
    note: 'On the admin page: forward unanswered calls to NUMBER.',
    source: 'Vendor lists',
    confidence: 'unverified',
  },
  {
    carrier: 'BT landline',
    country: 'GB',
    on: ['*61*NUMBER#'],
    check: '*#61#',
    off: '#61#',
    note: 'Call Diversion must be part of the plan.',
    source: 'Carrier’s help pages',
    confidence: 'good',
  },
  {
    carrier: 'UK mobiles',
    country: 'GB',
    on: ['**61*NUMBER*11*20#'],
    check: '*#61#',
    off: '##61#',
    note: 'The 20 is how many seconds it rings first.',
    source: GSM,
    confidence: 'good',
  },
  {
    carrier: 'Mobiles in Canada',
    country: 'CA',
    on: ['**61*NUMBER*11*20#'],
    check: '*#61#',
    off: '##61#',
    note: 'The GSM code; carriers may differ.',
    source: GSM,
    confidence: 'unverified',
  },
  {
    carrier: 'Mobiles in Australia',
    country: 'AU',
    on: ['**61*NUMBER*11*20#'],
    check: '*#61#',
    off: '##61#',
    note: 'The GSM code; carriers may differ.',
    source: GSM,
    confidence: 'unverified',
  },
]

/**
 * The codes with the real number in them, the account's country first. Star codes of North American carriers want the
 * ten digits; GSM codes take the number with its +.
 */
export function forwardingCodes(number: string, country: string): ForwardingCodes[] {
  const tenDigits = number.startsWith('+1') ? number.slice(2) : number
  const fill = (text: string) => text.replace('NUMBER', text.endsWith('#') || !/^\*\d/.test(text) ? number : tenDigits)
  return CODES.filter((c) => c.country === country || c.country === 'any')
    .concat(CODES.filter((c) => c.country !== country && c.country !== 'any'))
    .map((c) => ({ ...c, on: c.on.map(fill), note: c.note.replace('NUMBER', c.on.length === 0 ? number : tenDigits) }))
}
