import assert from 'node:assert/strict'

/** Words for a person: what happened, and what to do. */
export function readable(failure: { sentence: string; nextStep: string } | null | undefined): void {
  assert.ok(failure, 'no failure was told')
  assert.match(failure.sentence, /^[A-Z0-9].*\.$/)
  assert.match(failure.nextStep, /^[A-Z].*\.$/)
}
