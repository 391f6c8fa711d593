import { PanelRight, X } from 'lucide-react'
import {
  createContext,
  useContext,
  useEffect,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
} from 'react'
import { createPortal } from 'react-dom'
import { useCommands } from '@/lib/react/use-commands'
import { useKept } from '@/lib/react/use-kept'
import { Button } from './Button'
import { cx } from './cx'
import { IconButton } from './IconButton'

const NARROW = 280
const WIDE = 560
const STEP = 20

interface Panel {
  /** Where the content goes; absent while the panel is closed. */
  slot: HTMLElement | null
  isOpen: boolean
  title: string | undefined
  open: () => void
  toggle: () => void
  fill: (title: string) => () => void
}

const Context = createContext<Panel | undefined>(undefined)

function usePanel(): Panel {
  const panel = useContext(Context)
  if (!panel) throw new Error('There is no SidePanelFrame around this.')
  return panel
}

/**
 * A screen's centre with room for a panel beside it: details, a thread about what is in the centre. Whether it is
 * open belongs to the tab, its width to the tab too; what is in it belongs to the screen. Where there is no room
 * beside the centre it lies above it.
 */
export function SidePanelFrame({ children }: { children: ReactNode }) {
  const [isOpen, setIsOpen] = useKept<boolean>('panel.open', false)
  const [width, setWidth] = useKept<number>('panel.width', 340)
  const [titles, setTitles] = useState<readonly string[]>([])
  const [slot, setSlot] = useState<HTMLElement | null>(null)
  const opener = useRef<Element | null>(null)

  const title = titles.at(-1)
  const isShown = isOpen && title !== undefined
  const clamped = Math.min(WIDE, Math.max(NARROW, width))

  const open = () => {
    if (isShown) return
    opener.current = document.activeElement
    setIsOpen(true)
  }
  const toggle = () => {
    if (!isShown) {
      open()
      return
    }
    setIsOpen(false)
    if (slot?.parentElement?.contains(document.activeElement) && opener.current instanceof HTMLElement)
      opener.current.focus()
  }
  const fill = (name: string) => {
    setTitles((known) => [...known, name])
    return () => setTitles((known) => known.toSpliced(known.lastIndexOf(name), 1))
  }

  useCommands(
    title === undefined
      ? []
      : [
          {
            id: 'panel.toggle',
            title: isShown ? 'Close the panel' : 'Open the panel',
            keywords: `side right ${title}`,
            section: 'View',
            keys: ['Mod+.'],
            run: toggle,
          },
          {
            id: 'panel.widen',
            title: clamped < WIDE ? 'Widen the panel' : 'Narrow the panel',
            section: 'View',
            keys: ['Mod+Shift+.'],
            run: () => {
              setIsOpen(true)
              setWidth(clamped < WIDE ? WIDE : NARROW)
            },
          },
        ],
  )

  return (
    <Context value={{ slot, isOpen: isShown, title, open, toggle, fill }}>
      <div className="relative flex min-h-0 min-w-0 flex-1">
        <div className="flex min-w-0 flex-1 flex-col">{children}</div>
        {isShown && (
          // Escape closes it from anywhere inside.
          // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
          <aside
            aria-label={title}
            style={{ '--panel': `${clamped}px` } as CSSProperties}
            onKeyDown={(event) => {
              if (event.key !== 'Escape' || event.defaultPrevented) return
              event.stopPropagation()
              toggle()
            }}
            className={cx(
              'relative flex w-(--panel) shrink-0 flex-col border-l border-line bg-surface',
              'max-xl:absolute max-xl:inset-y-0 max-xl:right-0 max-xl:z-30 max-xl:max-w-full max-xl:animate-fade max-xl:shadow-far max-md:w-full',
            )}
          >
            <Divider width={clamped} onWidth={setWidth} />
            <header className="flex h-bar shrink-0 items-center justify-between gap-2 border-b border-line pr-2 pl-4">
              <h2 className="truncate text-sm font-semibold">{title}</h2>
              {/* Without a tooltip, which would take the first Escape for itself. */}
              <Button variant="quiet" size="icon" aria-label="Close the panel" onClick={toggle}>
                <X aria-hidden className="size-4.5" />
              </Button>
            </header>
            <div ref={setSlot} className="flex min-h-0 flex-1 flex-col overflow-y-auto" />
          </aside>
        )}
      </div>
    </Context>
  )
}

/** What the screen puts into the panel. The last screen on top of the others wins. */
export function SidePanel({ title, children }: { title: string; children: ReactNode }) {
  const { slot, isOpen, title: shown, fill } = usePanel()
  const fillNow = useRef(fill)
  useEffect(() => fillNow.current(title), [title])
  return isOpen && shown === title && slot ? createPortal(children, slot) : null
}

/** For a screen that has something to show in the panel right now. */
export const useOpenPanel = (): (() => void) => usePanel().open

/** Opens and closes the panel; nothing where no screen has filled it. */
export function SidePanelToggle() {
  const { isOpen, title, toggle } = usePanel()
  if (title === undefined) return null
  return (
    <IconButton icon={PanelRight} label={title} keys="Mod+." side="bottom" aria-expanded={isOpen} onClick={toggle} />
  )
}

/** The panel's edge: drawn with the pointer, or moved with the arrow keys. */
function Divider({ width, onWidth }: { width: number; onWidth: (width: number) => void }) {
  const onKeyDown = (event: KeyboardEvent) => {
    const next = { ArrowLeft: width + STEP, ArrowRight: width - STEP, Home: WIDE, End: NARROW }[event.key]
    if (next === undefined) return
    event.preventDefault()
    onWidth(Math.min(WIDE, Math.max(NARROW, next)))
  }
  return (
    // A separator that moves is a widget that takes the focus.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="separator"
      aria-label="Width of the panel"
      aria-orientation="vertical"
      aria-valuenow={width}
      aria-valuemin={NARROW}
      aria-valuemax={WIDE}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
        const right = event.currentTarget.parentElement?.getBoundingClientRect().right ?? 0
        onWidth(Math.round(right - event.clientX))
      }}
      className="absolute inset-y-0 -left-1 z-10 w-2 cursor-col-resize touch-none hover:bg-selected max-md:hidden"
    />
  )
}
