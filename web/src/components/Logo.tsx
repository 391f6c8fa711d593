import type { ComponentProps } from 'react'

export const Logo = (props: ComponentProps<'svg'>) => (
  <svg viewBox="0 0 32 32" aria-hidden {...props}>
    <rect width="32" height="32" rx="8" className="fill-accent" />
    <path
      d="M9 23V9h8.2c3 0 5 1.8 5 4.5 0 2.1-1.2 3.6-3.1 4.2L23 23M9 18h9"
      fill="none"
      className="stroke-on-accent"
      strokeWidth="2.8"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  </svg>
)
