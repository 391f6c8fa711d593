import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { Count } from './Badge'

export interface Tab {
  value: string
  label: string
  count?: number
  content: ReactNode
}

interface TabsProps {
  /** What the tabs choose between. */
  label: string
  tabs: readonly Tab[]
  value?: string
  onChange?: (value: string) => void
}

/** Several faces of one thing, one at a time; arrow keys move between them. */
export const Tabs = ({ label, tabs, value, onChange }: TabsProps) => (
  <Radix.Root
    {...(value === undefined ? { defaultValue: tabs[0]?.value ?? '' } : { value })}
    {...(onChange && { onValueChange: onChange })}
    className="flex min-h-0 flex-col"
  >
    <Radix.List aria-label={label} className="flex shrink-0 gap-1 overflow-x-auto border-b border-line">
      {tabs.map((tab) => (
        <Radix.Trigger
          key={tab.value}
          value={tab.value}
          className="-mb-px flex min-h-control shrink-0 items-center gap-2 border-b-2 border-transparent px-2.5 text-sm font-medium text-ink-soft -outline-offset-2 hover:text-ink data-[state=active]:border-accent-ink data-[state=active]:text-ink"
        >
          {tab.label}
          {tab.count !== undefined && <Count value={tab.count} />}
        </Radix.Trigger>
      ))}
    </Radix.List>
    {tabs.map((tab) => (
      <Radix.Content key={tab.value} value={tab.value} className="pt-4">
        {tab.content}
      </Radix.Content>
    ))}
  </Radix.Root>
)
