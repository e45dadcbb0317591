import type { CarrierFailure } from '../failures.ts'

export const TEXTS_LEAVE_ELSEWHERE: CarrierFailure = {
  code: null,
  kind: 'configuration',
  sentence: 'A phone system that posts its calls here sends no texts.',
  nextStep: 'Choose a Twilio or Telnyx connection for the texts of this number.',
}
