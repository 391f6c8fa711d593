import type { ReactNode } from 'react'
import { cx } from './cx'

export interface Column<Row> {
  header: string
  cell: (row: Row) => ReactNode
  /** Numbers stand at the end of their column. */
  align?: 'start' | 'end'
  /** The header is there for those who do not see the screen only: a column of buttons. */
  headerHidden?: boolean
  className?: string
}

interface TableProps<Row> {
  /** What the table holds. */
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
  /** Shown instead of rows when there are none. */
  empty?: ReactNode
}

/** Rows and columns; where it is too wide for the screen it scrolls by itself, with the keyboard too. */
export function Table<Row>({ label, columns, rows, keyOf, empty }: TableProps<Row>) {
  if (rows.length === 0 && empty !== undefined) return empty
  return (
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className="relative overflow-x-auto rounded-xl border border-line bg-surface"
    >
      <table className="w-full border-collapse text-sm">
        <thead>
          <tr className="border-b border-line">
            {columns.map((column) => (
              <th
                key={column.header}
                scope="col"
                className={cx(
                  'h-row px-3 text-xs font-medium whitespace-nowrap text-ink-soft',
                  column.align === 'end' ? 'text-end' : 'text-start',
                )}
              >
                <span className={cx(column.headerHidden === true && 'sr-only')}>{column.header}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((row) => (
            <tr key={keyOf(row)} className="hover:bg-hover">
              {columns.map((column) => (
                <td
                  key={column.header}
                  className={cx(
                    'h-control px-3 py-1',
                    column.align === 'end' && 'text-end tabular-nums',
                    column.className,
                  )}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
