import { Dialog } from '@/components/Dialog'
import { Kbd } from '@/components/Kbd'
import { bySection, commands, inOrder, type Section } from '@/lib/commands'
import { useStore } from '@/lib/react/use-store'

interface ShortcutSheetProps {
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** Every key that means something here, out of the same list that the keyboard itself uses. */
export function ShortcutSheet({ open, onOpenChange }: ShortcutSheetProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      size="wide"
      title="Keys"
      description="Single letters count while you are not typing. What has no key of its own is in the command menu."
    >
      <Sections />
    </Dialog>
  )
}

function Sections() {
  const all = useStore(commands.all).filter((command) => command.keys !== undefined)
  return (
    <div
      role="region"
      aria-label="All keys"
      tabIndex={0}
      className="-mx-2 columns-2 gap-8 overflow-y-auto px-2 max-sm:columns-1"
    >
      {bySection(inOrder(all)).map((section) => (
        <Keys key={section.name} {...section} />
      ))}
    </div>
  )
}

const Keys = ({ name, commands: own }: Section) => (
  <section className="mb-5 break-inside-avoid">
    <h3 className="mb-1 text-xs font-medium text-ink-soft">{name}</h3>
    <dl className="flex flex-col">
      {own.map((command) => (
        <div key={command.id} className="flex min-h-7 items-center justify-between gap-4 text-sm">
          <dt className="min-w-0 truncate">{command.title}</dt>
          <dd className="flex shrink-0 gap-1.5">
            {command.keys?.map((keys) => (
              <Kbd key={keys} keys={keys} />
            ))}
          </dd>
        </div>
      ))}
    </dl>
  </section>
)
