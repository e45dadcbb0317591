import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type ConsentWord, consentWord, helpAnswer, startConfirmation, stopConfirmation } from './consent.ts'
import { measureText } from './message.ts'

const SAID: Record<Exclude<ConsentWord, null> | 'nothing', string[]> = {
  stop: [
    'STOP',
    'stop',
    'Stop.',
    ' stop ',
    'STOP!!',
    '“stop”',
    'STOPALL',
    'Stop all',
    'unsubscribe',
    'CANCEL',
    'END',
    'quit',
    'revoke',
    'optout',
    'opt out',
    'Opt-Out',
    'ARRET',
    'arrêt',
    'please stop texting me',
    'Stop texting this number',
    'stop messaging me!!!',
    'Do not text me again',
    "don't text me anymore",
    'Don’t contact me',
    'never text this number again',
    'take me off your list',
    'Please take me off this calling list',
    'remove me',
    'Remove my number please',
    'unsubscribe me please',
    'opt me out',
    'I want to opt out',
    'no more texts',
    'no more messages please',
    'No más',
    'no mas',
    'no más mensajes por favor',
    'deja de escribirme',
    'leave me alone',
    'STOP STOP',
    'Stop please',
    'please stop',
    'stop now',
    'Stop texts',
    'Stop messages',
    'stop, thank you',
    'Stop\n\nSent from my iPhone',
    'No thanks, stop',
    'opt-out please',
    'S T O P',
    'STOPP',
    'unsubcribe',
    'Baja',
  ],
  start: ['START', 'start', 'Yes', 'UNSTOP', 'subscribe', 'opt in'],
  help: ['HELP', 'help?', 'INFO', 'ayuda'],
  ask: [
    'stop it',
    'Stop this!',
    'Do not text',
    'dont text',
    'how does one opt out of this?',
    'wrong number',
    'I think you have the wrong number',
    'not interested',
    'lose my number',
    'this is spam',
    'How do I unsubscribe from this?',
  ],
  nothing: [
    '',
    '   ',
    'Hi, my furnace is broken',
    'please stop by tomorrow',
    'Can you stop by at 5?',
    'the water will not stop running',
    'I need to cancel my appointment',
    'yes please',
    'Yes, tomorrow works',
    'the end of the month is fine',
    'bus stop on Main Street',
    'I quit smoking',
    'help! my basement is flooded',
    'can you remove the old boiler?',
    'I started the heater again',
    'more information please',
    'constructor',
  ],
}

for (const [meaning, texts] of Object.entries(SAID))
  describe(meaning === 'nothing' ? 'says nothing about texts' : `means ${meaning}`, () => {
    for (const text of texts)
      test(`"${text}"`, () => assert.equal(consentWord(text), meaning === 'nothing' ? null : meaning))
  })

test('a word means the same in any case, with blanks and a full stop', () => {
  const words = fc.constantFrom('stop', 'stopall', 'unsubscribe', 'end', 'quit', 'start', 'unstop', 'help', 'info')
  const blanks = fc.stringMatching(/^[ \t\n]{0,3}$/)
  fc.assert(
    fc.property(words, blanks, blanks, fc.constantFrom('', '.', '!'), fc.boolean(), (word, a, b, mark, loud) => {
      const text = `${a}${loud ? word.toUpperCase() : word}${mark}${b}`
      assert.equal(consentWord(text), consentWord(word), JSON.stringify(text))
    }),
  )
})

test('no text makes it throw or hang', () => {
  fc.assert(fc.property(fc.string({ maxLength: 1600 }), (text) => void consentWord(text)))
})

test('our answers name the business, say how to change it back, and cost one segment', () => {
  for (const say of [stopConfirmation, startConfirmation, helpAnswer]) {
    const text = say('Acme HVAC')
    assert.match(text, /^Acme HVAC: /)
    assert.match(text, /Reply (START|STOP) /)
    assert.equal(measureText(text).segments, 1)
  }
})
