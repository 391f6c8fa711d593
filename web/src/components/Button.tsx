import { LoaderCircle } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cx } from './cx'

/** `danger` warns quietly, `destructive` is the last step itself. */
type Variant = 'primary' | 'secondary' | 'quiet' | 'danger' | 'destructive'
type Size = 'small' | 'normal' | 'large' | 'icon' | 'icon-small'

const variants: Record<Variant, string> = {
  primary: 'bg-accent text-on-accent shadow-near hover:bg-accent-hover',
  secondary: 'border border-line bg-raised text-ink shadow-near hover:bg-hover',
  quiet:
    'text-ink-soft hover:bg-hover hover:text-ink aria-expanded:bg-hover aria-pressed:bg-selected aria-pressed:text-ink-selected',
  danger: 'text-danger hover:bg-danger-ground',
  destructive: 'bg-danger-solid text-on-accent shadow-near hover:bg-danger-solid-hover',
}

const sizes: Record<Size, string> = {
  small: 'min-h-control-small px-2.5 text-xs',
  normal: 'min-h-control px-3.5 text-sm',
  large: 'min-h-control-large px-5 text-sm',
  icon: 'size-control',
  'icon-small': 'size-control-small',
}

interface Look {
  variant?: Variant
  size?: Size
}

/** The look alone, for links that act like buttons. */
export const buttonLook = ({ variant = 'secondary', size = 'normal' }: Look = {}) =>
  cx(
    'inline-flex shrink-0 items-center justify-center gap-2 rounded-lg font-medium whitespace-nowrap transition-colors duration-(--quick)',
    'disabled:cursor-not-allowed disabled:opacity-60',
    variants[variant],
    sizes[size],
  )

export interface ButtonProps extends ComponentProps<'button'>, Look {
  /** Work is under way: the button says so and takes no second click. */
  busy?: boolean
}

export function Button({
  variant,
  size,
  busy = false,
  className,
  children,
  disabled,
  type = 'button',
  ...props
}: ButtonProps) {
  return (
    <button
      {...props}
      type={type}
      disabled={disabled === true || busy}
      aria-busy={busy}
      className={cx(buttonLook({ ...(variant && { variant }), ...(size && { size }) }), className)}
    >
      {busy && <LoaderCircle aria-hidden className="size-4 animate-spin" />}
      {children}
    </button>
  )
}
