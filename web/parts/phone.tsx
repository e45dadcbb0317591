import { useQuery } from '@tanstack/react-query'
import { meQuery } from '../me.ts'
import { formatPhone, usePhoneFormats } from '../phones.ts'

/** A phone as people of the account's country write it. `value` is E.164, 'anonymous', or whatever a carrier sent. */
export function Phone({ value }: { value: string }) {
  const country = useQuery(meQuery).data?.account.country ?? 'US'
  usePhoneFormats(value)
  return <span className="whitespace-nowrap tabular-nums">{formatPhone(value, country)}</span>
}
