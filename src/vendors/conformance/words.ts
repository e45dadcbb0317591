import assert from 'node:assert/strict'

/** Words for a person: what happened, and what to do. */
export function readable(trouble: { sentence: string; nextStep: string } | null | undefined): void {
  assert.ok(trouble, 'no trouble was told')
  assert.match(trouble.sentence, /^[A-Z0-9].*\.$/)
  assert.match(trouble.nextStep, /^[A-Z].*\.$/)
}
