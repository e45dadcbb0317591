import type { NumberTab } from './search.ts'

/** The tab of the number's page where a setting is, by the name that the API has for it. */
export function tabOfField(field: string): NumberTab {
  const [first, second] = field.split(/[.[]/)
  if (first === 'textBack') return second === 'cooldownMinutes' || second === 'forgedCallerId' ? 'limits' : 'text-back'
  if (first === 'hours') return 'hours'
  if (first === 'segmentsPerSecond') return 'limits'
  if (first === 'label' || first === 'carrier' || first === 'textsThrough' || first === 'enabled') return 'setup'
  return 'calls'
}
