import { Bug, Trash2, X } from 'lucide-react'
import { Button } from '@/components/Button'
import { IconButton } from '@/components/IconButton'
import { Tabs } from '@/components/Tabs'
import { outbox, tracer } from '@/lib/client'
import { useCommands } from '@/lib/react/use-commands'
import { useKept } from '@/lib/react/use-kept'
import { useStore } from '@/lib/react/use-store'
import { CacheList } from './CacheList'
import { CallList, FrameList, WaitingList } from './TraceLists'

/** What this page and its server say to each other, what is held, and what waits. For those who build on Renexus. */
export function DeveloperPanel() {
  const [isOpen, setIsOpen] = useKept<boolean>('developer.open', false)
  const traces = useStore(tracer.entries)
  const waiting = useStore(outbox.entries)
  const toggle = () => setIsOpen(!isOpen)

  useCommands([
    {
      id: 'developer.toggle',
      title: isOpen ? 'Close the developer panel' : 'Open the developer panel',
      keywords: 'debug frames cache',
      section: 'View',
      keys: ['Mod+Alt+D'],
      icon: Bug,
      run: toggle,
    },
  ])

  if (!isOpen)
    return (
      <aside aria-label="Developer" className="fixed bottom-2 left-1/2 z-20 -translate-x-1/2 max-md:bottom-16">
        <Button size="small" onClick={toggle} className="opacity-80">
          <Bug aria-hidden className="size-3.5" />
          Developer
        </Button>
      </aside>
    )

  const frames = traces.filter((trace) => trace.kind === 'frame').toReversed()
  const calls = traces.filter((trace) => trace.kind === 'call').toReversed()
  return (
    <aside
      aria-label="Developer"
      className="fixed inset-x-0 bottom-0 z-30 flex h-[40vh] flex-col border-t border-line bg-raised shadow-far"
    >
      <div className="absolute top-0.5 right-2 z-10 flex">
        <IconButton icon={Trash2} label="Forget what was recorded" size="small" onClick={() => tracer.clear()} />
        <IconButton icon={X} label="Close the developer panel" keys="Mod+Alt+D" size="small" onClick={toggle} />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-3 text-xs">
        <Tabs
          label="Developer panel"
          tabs={[
            { value: 'frames', label: 'Frames', count: frames.length, content: <FrameList frames={frames} /> },
            { value: 'calls', label: 'Calls', count: calls.length, content: <CallList calls={calls} /> },
            { value: 'cache', label: 'Cache', content: <CacheList /> },
            { value: 'waiting', label: 'Waiting', count: waiting.length, content: <WaitingList entries={waiting} /> },
          ]}
        />
      </div>
    </aside>
  )
}
