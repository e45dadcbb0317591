const EUROZONE = 'AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK'.split(' ')
const currencies: Record<string, string> = { US: 'USD', CA: 'CAD', GB: 'GBP', AU: 'AUD', NZ: 'NZD' }

/** An account has a country, not a currency; for a country that is not listed, an amount is a bare number. */
const currencyOf = (country: string) => currencies[country] ?? (EUROZONE.includes(country) ? 'EUR' : undefined)

const formats = new Map<string, Intl.NumberFormat>()

/** Cents as people write them: '$1,340', '$45.50', '£90'. */
export function formatMoney(cents: number, country: string): string {
  const digits = cents % 100 === 0 ? 0 : 2
  const key = `${country} ${digits}`
  const currency = currencyOf(country)
  const found =
    formats.get(key) ??
    new Intl.NumberFormat('en-US', {
      ...(currency && { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }),
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
  formats.set(key, found)
  return found.format(cents / 100)
}

/** '$', '£', or nothing. */
export const currencySign = (country: string): string => formatMoney(0, country).replace(/[\d.,\s]/g, '')

/** Cents from typed text: '1,200', '$ 45.50'; null for nothing, NaN for an invalid amount. */
export function readMoney(written: string): number | null {
  const plain = written.replace(/[\s,$£€]/g, '')
  if (plain === '') return null
  return /^\d{1,9}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : Number.NaN
}
