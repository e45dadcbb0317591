import type { ConfigInput } from './config.ts'

/** The demo's carrier accounts: fictional, constant, and useless outside of this simulator. */
export const demoTwilio = {
  accountSid: 'AC0123456789abcdef0123456789abcdef',
  authToken: 'fedcba9876543210fedcba9876543210',
  number: '+12025550100',
  label: 'Main line',
}

export const demoTelnyx = {
  apiKey: 'KEY0123456789ABCDEF0123456789ABCDEF_demo',
  privateKeySeed: 'dGV4dGJhY2stc2ltdWxhdG9yLWRlbW8tc2VlZC0wMDE=',
  /** What Telnyx shows in its portal: the 32 raw bytes in base64. Belongs to the seed above. */
  publicKey: '6CO/fkLngym3xGrWVEG+dCWMIdPkyiTWjv0Z1l6emb0=',
  number: '+12025550101',
  label: 'Sales',
}

export const demoConfig: ConfigInput = {
  twilio: [
    {
      accountSid: demoTwilio.accountSid,
      authToken: demoTwilio.authToken,
      numbers: [{ number: demoTwilio.number, label: demoTwilio.label }],
    },
  ],
  telnyx: [
    {
      apiKey: demoTelnyx.apiKey,
      privateKeySeed: demoTelnyx.privateKeySeed,
      numbers: [{ number: demoTelnyx.number, label: demoTelnyx.label }],
    },
  ],
}
