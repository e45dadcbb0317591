/** What a contact may hold. A person never comes near; a program that loops is stopped before its contact slows every list. */
export const MOST = {
  tags: 100,
  fields: 100,
  /** Characters of all fields together, with their names. */
  fieldText: 32_000,
  phones: 20,
  notes: 500,
}

export type ContactSize = { [part in keyof typeof MOST]: number }

export function sizeOf(contact: {
  tags: string[]
  fields: Record<string, unknown>
  phones: number
  notes: number
}): ContactSize {
  const { tags, fields, phones, notes } = contact
  return {
    tags: tags.length,
    fields: Object.keys(fields).length,
    fieldText: JSON.stringify(fields).length,
    phones,
    notes,
  }
}

export const NOTHING: ContactSize = sizeOf({ tags: [], fields: {}, phones: 0, notes: 0 })

/** What would become too large, as the end of a sentence that begins with the field. */
export type Oversize = { outcome: 'too_large'; part: keyof ContactSize; message: string }

/** Null when nothing is too large. What was too large before may stay so and shrink, but not grow. */
export function oversize(before: ContactSize, after: ContactSize): Oversize | null {
  const part = (Object.keys(MOST) as (keyof ContactSize)[]).find(
    (one) => after[one] > MOST[one] && after[one] > before[one],
  )
  if (!part) return null
  return {
    outcome: 'too_large',
    part,
    message: `would make ${after[part]} ${WORDS[part]}; a contact has at most ${MOST[part]}`,
  }
}

const WORDS: { [part in keyof ContactSize]: string } = {
  tags: 'tags',
  fields: 'fields',
  fieldText: 'characters in fields',
  phones: 'phones',
  notes: 'notes',
}
