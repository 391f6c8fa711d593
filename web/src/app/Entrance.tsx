import type { ReactNode } from 'react'
import { Logo } from '@/components/Logo'
import { useTitle } from '@/lib/react/use-title'

interface EntranceProps {
  title: string
  lead: string
  children: ReactNode
  footer?: ReactNode
}

/** The frame of everything before the first workspace: one card, one question. */
export function Entrance({ title, lead, children, footer }: EntranceProps) {
  useTitle(title)
  return (
    <main className="flex min-h-full flex-col items-center justify-center gap-6 px-4 py-10">
      <div className="flex items-center gap-2.5">
        <Logo className="size-8" />
        <span className="text-xl font-semibold tracking-tight">Renexus</span>
      </div>
      <div className="flex w-full max-w-sm flex-col gap-6 rounded-2xl border border-line bg-surface p-7 shadow-near max-sm:p-5">
        <div className="flex flex-col gap-1.5">
          <h1 data-screen-title tabIndex={-1} className="text-xl font-semibold tracking-tight outline-none">
            {title}
          </h1>
          <p className="text-sm text-pretty wrap-anywhere text-ink-soft">{lead}</p>
        </div>
        {children}
      </div>
      {footer !== undefined && <p className="text-sm text-ink-soft">{footer}</p>}
    </main>
  )
}
