import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, PATIENCE_SECONDS, type Seen } from '../../web/screens/numbers/diagnosis.ts'
import type { Call } from '../../web/types/calls.ts'
import type { Message } from '../../web/types/messages.ts'
import type { Line } from '../../web/types/numbers.ts'

const line = {
  mode: 'forward',
  ringSeconds: 20,
  configured: { ok: true, steps: [] },
} as unknown as Line

const call = (change: object = {}) =>
  ({
    endedAt: '2026-11-20T17:00:20Z',
    ringSeconds: 20,
    decision: { action: 'send', reason: 'missed_call', checks: [] },
    ...change,
  }) as unknown as Call

const skipped = (reason: string, sentence: string, change: object = {}) =>
  call({
    decision: { action: 'skip', reason, checks: [{ name: reason, passed: false, facts: {}, sentence }] },
    ...change,
  })

const text = (status: string, change: object = {}) =>
  ({ status, trouble: null, reason: null, conversationId: 'c', ...change }) as unknown as Message

const find = (change: Partial<Seen>) =>
  diagnose({ line, carrierKind: 'twilio', call: null, message: null, rangFirst: null, waited: 0, ...change })

test('while everything takes its course there is nothing to find', () => {
  assert.equal(find({ waited: PATIENCE_SECONDS.call - 1 }), null)
  assert.equal(find({ call: call({ endedAt: null, decision: null }), waited: 500 }), null)
  assert.equal(find({ call: call(), message: text('queued') }), null)
  assert.equal(find({ call: call(), message: text('sent'), waited: PATIENCE_SECONDS.delivery - 1 }), null)
  assert.equal(find({ call: call(), message: text('delivered'), waited: 500 }), null)
})

test('a call that does not come has its cause at the carrier, in the setup, or in the forwarding', () => {
  const waited = PATIENCE_SECONDS.call
  const trouble = { code: null, sentence: 'The number is not theirs.', nextStep: 'Check it.' }
  const broken = { ...line, configured: { ok: false, steps: [{ carrier: 'main', what: '', value: '', trouble }] } }
  assert.match(find({ line: broken, waited })!.cause, /The number is not theirs\./)
  assert.match(find({ line: { ...line, configured: null }, waited })!.cause, /not pointed here yet/)
  assert.match(find({ line: { ...line, mode: 'cfna' }, waited })!.cause, /forwarding is not on/)
  assert.match(find({ line: { ...line, mode: 'cfna' }, carrierKind: 'generic', waited })!.cause, /phone system/)
  assert.match(find({ waited })!.mend, /Check that you called this number/)
})

test('a line that forwards everything is told from one that forwards what nobody answers', () => {
  const cfna = { ...line, mode: 'cfna' } as Line
  assert.match(find({ line: cfna, call: call(), rangFirst: false })!.cause, /unconditionally/)
  assert.equal(find({ line: cfna, call: call(), message: text('delivered'), rangFirst: true }), null)
})

test('a machine that picks up is told from a person', () => {
  const answered = (ringSeconds: number) => skipped('answered', 'Somebody picked up.', { ringSeconds })
  assert.match(find({ call: answered(1) })!.cause, /no person/)
  assert.match(find({ call: answered(9) })!.cause, /Somebody picked up after 9\ss/)
  assert.match(find({ line: { ...line, ringSeconds: 30 }, call: answered(24) })!.cause, /voicemail/)
})

test('each reason that no text leaves has its mend', () => {
  const reasons = [
    'too_short',
    'text_back_off',
    'account_closing',
    'number_off',
    'own_phone',
    'opted_out',
    'excluded',
    'blocked',
    'landline',
    'anonymous',
    'foreign',
    'invalid',
    'short_code',
    'toll_free',
    'premium',
    'special',
    'spam',
    'cooldown',
    'loop',
    'daily_cap',
    'late',
  ]
  for (const reason of reasons) {
    const found = find({ call: skipped(reason, 'The sentence.') })!
    assert.equal(found.cause, 'The sentence.', reason)
    assert.notEqual(found.mend, 'See every check below.', reason)
  }
})

test('a text that does not arrive says what the carrier said, or that one has to wait', () => {
  const trouble = { code: '30006', sentence: 'It is a landline.', nextStep: 'Call them.' }
  assert.deepEqual(find({ call: call(), message: text('undelivered', { trouble }) }), {
    cause: 'It is a landline.',
    mend: 'Call them.',
    at: { conversation: 'c' },
  })
  assert.equal(find({ call: call(), message: text('unknown') })!.tone, 'patience')
  assert.match(
    find({ call: call(), message: text('queued'), waited: PATIENCE_SECONDS.sending })!.cause,
    /waits to leave/,
  )
  assert.match(find({ call: call(), message: text('sent'), waited: PATIENCE_SECONDS.delivery })!.cause, /not said/)
})
