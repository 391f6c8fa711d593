import type { LucideIcon } from 'lucide-react'
import { ariaKeys, type Keys } from '@/lib/keys'
import { Button, type ButtonProps } from './Button'
import { Tooltip } from './Tooltip'

export interface IconButtonProps extends Omit<ButtonProps, 'size' | 'aria-label' | 'children'> {
  icon: LucideIcon
  /** What it does: its name for those who do not see it, its tooltip for those who do. */
  label: string
  /** The keys that do the same. */
  keys?: Keys
  size?: 'normal' | 'small'
  side?: 'top' | 'right' | 'bottom' | 'left'
}

export const IconButton = ({
  icon: Icon,
  label,
  keys,
  size = 'normal',
  side,
  variant = 'quiet',
  ...props
}: IconButtonProps) => (
  <Tooltip label={label} keys={keys} {...(side && { side })}>
    <Button
      {...props}
      variant={variant}
      size={size === 'small' ? 'icon-small' : 'icon'}
      aria-label={label}
      {...(keys !== undefined && { 'aria-keyshortcuts': ariaKeys(keys) })}
    >
      <Icon aria-hidden className={size === 'small' ? 'size-4' : 'size-4.5'} />
    </Button>
  </Tooltip>
)
