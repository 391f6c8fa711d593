import { Skeleton } from './Skeleton'

interface LoadingStateProps {
  /** What loads: “Loading members”. */
  label: string
  rows?: number
  /** With a round picture at the start of each row, as lists of people have. */
  pictures?: boolean
}

// Rows of one width would look like a table.
const widths = ['72%', '55%', '64%', '48%', '60%']

/** The shape of a list that is on its way. */
export const LoadingState = ({ label, rows = 4, pictures = false }: LoadingStateProps) => (
  <div role="status" aria-label={label} className="flex flex-col gap-3 p-3">
    {Array.from({ length: rows }, (_, row) => (
      <div key={row} className="flex items-center gap-3">
        {pictures && <Skeleton className="size-8 shrink-0 rounded-full" />}
        <div style={{ width: widths[row % widths.length] }} className="flex flex-col gap-2">
          <Skeleton className="h-3.5" />
          {pictures && <Skeleton className="h-3 w-1/2" />}
        </div>
      </div>
    ))}
  </div>
)
