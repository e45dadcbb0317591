import { fillPlaceholders, firstName } from '../../../src/domain/message.ts'

/** The person of the previews. */
const sampleName = 'Dana Whitfield'

/** A template as a caller reads it: a known one by name, or a first-time caller. */
export function fillSample(
  template: string,
  { known, business, number }: { known: boolean; business: string; number: string },
): string {
  const name = known ? sampleName : null
  return fillPlaceholders(template, { first_name: firstName(name), name, business, number })
}
