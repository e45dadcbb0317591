import { useQuery } from '@tanstack/react-query'
import { meQuery } from '../me.ts'
import { formatMoney } from '../money.ts'

/** An amount in the currency of the account's country. */
export function Money({ cents }: { cents: number }) {
  const country = useQuery(meQuery).data?.account.country ?? 'US'
  return <span className="whitespace-nowrap tabular-nums">{formatMoney(cents, country)}</span>
}
