import { differences } from './differences'

/** Before and after side by side. Besides the colours it is said in words, for those who do not see them. */
export function DifferenceTable({ before, after }: { before: unknown; after: unknown }) {
  const changed = differences(before, after)
  if (changed.length === 0) return <p className="text-xs text-ink-soft">Nothing was changed by it.</p>
  return (
    <table className="w-full table-fixed border-collapse text-xs">
      <thead>
        <tr className="border-b border-line text-start text-ink-soft">
          <th scope="col" className="w-1/4 py-1.5 pr-2 text-start font-medium">
            Field
          </th>
          <th scope="col" className="py-1.5 pr-2 text-start font-medium">
            Before
          </th>
          <th scope="col" className="py-1.5 text-start font-medium">
            After
          </th>
        </tr>
      </thead>
      <tbody className="align-top">
        {changed.map((difference) => (
          <tr key={difference.field} className="border-b border-line last:border-0">
            <th scope="row" className="py-1.5 pr-2 text-start font-medium wrap-anywhere">
              {difference.field}
            </th>
            <td className="py-1.5 pr-2">
              <Value text={difference.before} className="bg-danger-ground text-danger" />
            </td>
            <td className="py-1.5">
              <Value text={difference.after} className="bg-success-ground text-success" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const Value = ({ text, className }: { text: string | undefined; className: string }) =>
  text === undefined ? (
    <span className="text-ink-soft">nothing</span>
  ) : (
    <code className={`rounded px-1 py-0.5 font-mono wrap-anywhere whitespace-pre-wrap ${className}`}>
      {text === '' ? 'empty' : text}
    </code>
  )
