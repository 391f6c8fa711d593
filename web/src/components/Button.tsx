import { LoaderCircle } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cx } from './cx'

type Variant = 'primary' | 'secondary' | 'quiet' | 'danger'
type Size = 'small' | 'normal' | 'icon'

const variants: Record<Variant, string> = {
  primary: 'bg-accent text-on-accent shadow-near hover:bg-accent-hover',
  secondary: 'border border-line-control bg-raised text-ink hover:bg-hover',
  quiet: 'text-ink-soft hover:bg-hover hover:text-ink',
  danger: 'text-danger hover:bg-danger-ground',
}

const sizes: Record<Size, string> = {
  small: 'min-h-8 px-3 text-sm',
  normal: 'min-h-10 px-4 text-sm',
  icon: 'size-9 justify-center',
}

interface Look {
  variant?: Variant
  size?: Size
}

/** The look alone, for links that act like buttons. */
export const buttonLook = ({ variant = 'secondary', size = 'normal' }: Look = {}) =>
  cx(
    'inline-flex shrink-0 items-center justify-center gap-2 rounded-lg font-medium whitespace-nowrap transition-colors',
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
