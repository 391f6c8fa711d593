import { createLazyRoute } from '@tanstack/react-router'
import { Contents } from './gallery/Contents'
import { Controls } from './gallery/Controls'
import { Foundations } from './gallery/Foundations'
import { Overlays } from './gallery/Overlays'

/** Every part of the design system in every state, on one page to look at and to test. */
const Gallery = () => (
  <main className="h-full overflow-y-auto">
    <div className="mx-auto flex max-w-6xl flex-col gap-8 px-6 py-10 max-sm:px-4">
      <div className="flex flex-col gap-1">
        <h1 className="text-xl font-semibold tracking-tight">Components</h1>
        <p className="text-sm text-ink-soft">What every screen of Renexus is built from, in each of its states.</p>
      </div>
      <Foundations />
      <Controls />
      <Overlays />
      <Contents />
    </div>
  </main>
)

export const route = createLazyRoute('/components')({ component: Gallery })
