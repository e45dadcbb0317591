import type { NumberTab } from './search.ts'

/** The tab of the number's page that has a setting, by its name in the API. */
export function tabOfField(field: string): NumberTab {
  const [first, second] = field.split(/[.[]/)
  if (first === 'textBack') return second === 'cooldownMinutes' || second === 'forgedCallerId' ? 'limits' : 'text-back'
  if (first === 'hours') return 'hours'
  if (first === 'segmentsPerSecond') return 'limits'
  if (first === 'label' || first === 'carrier' || first === 'textsThrough' || first === 'enabled') return 'setup'
  return 'calls'
}
