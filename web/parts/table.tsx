// biome-ignore-all lint/a11y/noRedundantRoles: on a phone `display: block` takes the roles of a table away
import type { ReactNode } from 'react'
import { classes } from './classes.ts'

export type Column<T> = {
  header: string
  cell(row: T): ReactNode
  align?: 'left' | 'right'
  /** On a phone: the card's first line (`title`), or not shown (`never`). Else it is a line with its header before it. */
  onPhone?: 'title' | 'never'
}

type Props<T> = { label: string; rows: T[]; columns: Column<T>[]; keyOf(row: T): string; onOpen?(row: T): void }

/**
 * Rows and columns; on a phone each row is a card. `onOpen` makes a click anywhere on the row open it: put a link or a
 * button into the title cell too, for the keyboard. The roles are said because `display` takes them away on a phone.
 */
export function Table<T>({ label, rows, columns, keyOf, onOpen }: Props<T>) {
  return (
    <table role="table" aria-label={label} className="block w-full text-sm sm:table">
      <thead role="rowgroup" className="sr-only sm:not-sr-only sm:table-header-group">
        <tr role="row" className="border-border border-b">
          {columns.map(({ header, align }) => (
            <th
              key={header}
              role="columnheader"
              scope="col"
              className={classes(
                'h-10 px-4 sm:first:pl-5 sm:last:pr-5 font-medium text-muted text-xs',
                align === 'right' ? 'text-right' : 'text-left',
              )}
            >
              {header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" className="block divide-y divide-border sm:table-row-group">
        {rows.map((row) => (
          <tr
            key={keyOf(row)}
            role="row"
            onClick={onOpen && ((event) => !(event.target as HTMLElement).closest('a, button, input') && onOpen(row))}
            className={classes('grid gap-1 px-4 py-3 sm:table-row sm:p-0', onOpen && 'cursor-pointer hover:bg-hover')}
          >
            {columns.map(({ header, cell, align, onPhone }) => (
              <td
                key={header}
                role="cell"
                className={classes(
                  'items-baseline gap-3 sm:table-cell sm:h-12 sm:px-4 sm:first:pl-5 sm:last:pr-5',
                  align === 'right' && 'tabular-nums sm:text-right',
                  onPhone === 'never' ? 'hidden' : 'flex justify-between',
                  onPhone === 'title' && 'font-medium text-base sm:text-sm',
                )}
              >
                {onPhone !== 'title' && (
                  <span aria-hidden className="text-muted text-xs sm:hidden">
                    {header}
                  </span>
                )}
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
