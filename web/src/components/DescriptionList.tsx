import type { ReactNode } from 'react'

interface DescriptionListProps {
  items: readonly { term: string; description: ReactNode }[]
}

/** Facts by name: side by side where there is room, else below each other. */
export const DescriptionList = ({ items }: DescriptionListProps) => (
  <dl className="grid grid-cols-[minmax(7rem,auto)_1fr] gap-x-6 gap-y-2 text-sm max-sm:grid-cols-1 max-sm:gap-y-0.5">
    {items.map(({ term, description }) => (
      <div key={term} className="contents">
        <dt className="text-ink-soft">{term}</dt>
        <dd className="min-w-0 wrap-anywhere max-sm:mb-2">{description}</dd>
      </div>
    ))}
  </dl>
)
