import { useId, type ReactNode } from 'react'

/** A subject of the gallery: its name and its specimens side by side. */
export function Chapter({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="flex flex-col gap-4 border-t border-line pt-6">
      <h2 id={id} className="text-lg font-semibold tracking-tight">
        {title}
      </h2>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,22rem),1fr))] items-start gap-4">{children}</div>
    </section>
  )
}

/** One component, or one state of it. */
export const Specimen = ({ name, wide = false, children }: { name: string; wide?: boolean; children: ReactNode }) => (
  <div
    className={`flex min-w-0 flex-col gap-3 rounded-xl border border-line bg-surface p-4 ${wide ? 'col-span-full' : ''}`}
  >
    <h3 className="text-xs font-medium text-ink-soft">{name}</h3>
    {children}
  </div>
)
