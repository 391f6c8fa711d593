import { Check, ChevronRight, type LucideIcon } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import { use, type ComponentProps, type ReactNode } from 'react'
import type { Keys } from '@/lib/keys'
import { cx } from './cx'
import { Kbd } from './Kbd'
import { LayerContext } from './Layer'

const row =
  'flex min-h-row cursor-pointer items-center gap-2.5 rounded-md px-2.5 text-sm outline-none select-none data-disabled:cursor-not-allowed data-disabled:text-ink-soft data-disabled:opacity-70 data-highlighted:bg-hover'

const surface = 'z-50 min-w-56 animate-pop rounded-xl border border-line bg-raised p-1.5 text-ink shadow-far'

interface MenuProps {
  trigger: ReactNode
  children: ReactNode
  side?: ComponentProps<typeof Radix.Content>['side']
  align?: ComponentProps<typeof Radix.Content>['align']
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

/** Not modal and not moved to the end of the page: it stays in the landmark it belongs to, and the rest stays readable beside it. */
export function Menu({ trigger, children, side = 'bottom', align = 'start', ...state }: MenuProps) {
  const layer = use(LayerContext)
  const content = (
    <Radix.Content
      side={side}
      align={align}
      sideOffset={6}
      collisionPadding={8}
      className={cx(surface, 'max-h-(--radix-dropdown-menu-content-available-height) overflow-y-auto')}
    >
      {children}
    </Radix.Content>
  )
  return (
    <Radix.Root modal={false} {...state}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      {layer ? <Radix.Portal container={layer}>{content}</Radix.Portal> : content}
    </Radix.Root>
  )
}

interface MenuItemProps extends ComponentProps<typeof Radix.Item> {
  icon?: LucideIcon
  /** The keys that do the same. */
  keys?: Keys
  dangerous?: boolean
}

/** With `asChild` the child, such as a link, brings everything itself. */
export const MenuItem = ({ icon: Icon, keys, dangerous = false, className, children, ...props }: MenuItemProps) => (
  <Radix.Item {...props} className={cx(row, dangerous && 'text-danger data-highlighted:bg-danger-ground', className)}>
    {props.asChild === true ? (
      children
    ) : (
      <>
        {Icon && <Icon aria-hidden className="size-4 shrink-0" />}
        {children}
        {keys !== undefined && <Kbd keys={keys} className="ml-auto pl-4" />}
      </>
    )}
  </Radix.Item>
)

export const MenuSeparator = () => <Radix.Separator className="my-1.5 h-px bg-line" />

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <Radix.Label className="px-2.5 pt-1 pb-1.5 text-xs font-medium text-ink-soft">{children}</Radix.Label>
)

/** A menu inside the menu, for what would make it too long. */
export const SubMenu = ({ icon: Icon, label, children }: { icon?: LucideIcon; label: string; children: ReactNode }) => (
  <Radix.Sub>
    <Radix.SubTrigger className={cx(row, 'data-[state=open]:bg-hover')}>
      {Icon && <Icon aria-hidden className="size-4 shrink-0" />}
      <span className="flex-1">{label}</span>
      <ChevronRight aria-hidden className="size-4 text-ink-soft" />
    </Radix.SubTrigger>
    <Radix.SubContent sideOffset={4} collisionPadding={8} className={surface}>
      {children}
    </Radix.SubContent>
  </Radix.Sub>
)

interface MenuChoiceProps<T extends string> {
  label: string
  value: T
  options: readonly { value: T; label: string; icon?: ReactNode }[]
  onChange: (value: T) => void
}

/** One of several, the chosen one ticked. */
export function MenuChoice<T extends string>({ label, value, options, onChange }: MenuChoiceProps<T>) {
  return (
    <Radix.RadioGroup value={value} onValueChange={(chosen) => onChange(chosen as T)} aria-label={label}>
      <MenuLabel>{label}</MenuLabel>
      {options.map((option) => (
        <Radix.RadioItem
          key={option.value}
          value={option.value}
          className={row}
          onSelect={(event) => event.preventDefault()}
        >
          {option.icon}
          <span className="flex-1">{option.label}</span>
          <Radix.ItemIndicator>
            <Check aria-hidden className="size-4" />
          </Radix.ItemIndicator>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  )
}
