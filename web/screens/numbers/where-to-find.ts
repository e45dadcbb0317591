import type { Carrier } from '../../types/carriers.ts'

export type CredentialName = 'accountSid' | 'authToken' | 'apiKey' | 'publicKey' | 'secret'

type Guide = {
  title: string
  about: string
  heading: string
  steps: string[]
  fields: { name: CredentialName; label: string; hint?: string; isSecret?: boolean; placeholder?: string }[]
}

/** Where each carrier shows its credentials, in the words of its own pages. */
export const whereToFind: Record<Carrier['kind'], Guide> = {
  twilio: {
    title: 'Twilio',
    about: 'Calls and texts. You need its account SID and auth token.',
    heading: 'Connect Twilio',
    steps: [
      'Sign in at console.twilio.com.',
      'On its first page, under Account Info, copy the Account SID and the Auth Token.',
      'In the US, register the number for texting (A2P 10DLC) there, or carriers filter its texts.',
    ],
    fields: [
      { name: 'accountSid', label: 'Account SID', placeholder: 'AC…' },
      { name: 'authToken', label: 'Auth token', isSecret: true },
    ],
  },
  telnyx: {
    title: 'Telnyx',
    about: 'Calls and texts. You need an API key and the public key.',
    heading: 'Connect Telnyx',
    steps: [
      'Sign in at portal.telnyx.com and open Account, then Keys & Credentials.',
      'Under API Keys, create one and copy it: it is shown once.',
      'Under Public Key, copy the key that Telnyx signs with.',
    ],
    fields: [
      { name: 'apiKey', label: 'API key', placeholder: 'KEY…', isSecret: true },
      { name: 'publicKey', label: 'Public key', hint: '44 characters, ending in =.' },
    ],
  },
  generic: {
    title: 'Any phone system',
    about: 'Asterisk, FreeSWITCH, 3CX, or what can post a web request after a call.',
    heading: 'Connect your phone system',
    steps: [
      'Your phone system posts each finished call to an address that you get in the next step.',
      'It signs the post with a secret that both sides know: make one here.',
      'It cannot send texts, so they leave through a Twilio or Telnyx connection.',
    ],
    fields: [{ name: 'secret', label: 'Secret', hint: 'At least 16 characters.', isSecret: true }],
  },
}
