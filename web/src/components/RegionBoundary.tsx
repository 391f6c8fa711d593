import { TriangleAlert } from 'lucide-react'
import { Component, type ErrorInfo, type ReactNode } from 'react'
import { Button } from './Button'

interface RegionBoundaryProps {
  /** What broke, as people call it: “The list of threads”. */
  name: string
  /** Tried again by itself when this changes, such as the address. */
  resetOn?: unknown
  children: ReactNode
}

/** Keeps a failure where it happened: this region says so and can be tried again, everything around it lives on. */
export class RegionBoundary extends Component<RegionBoundaryProps, { hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError() {
    return { hasFailed: true }
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo) {
    console.error(`${this.props.name} failed.`, error, componentStack)
  }

  override componentDidUpdate(previous: RegionBoundaryProps) {
    if (this.state.hasFailed && previous.resetOn !== this.props.resetOn) this.setState({ hasFailed: false })
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children
    return (
      <div role="alert" className="m-2 flex flex-col items-start gap-2 rounded-lg bg-danger-ground p-3 text-xs">
        <p className="flex gap-1.5 text-danger">
          <TriangleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
          {this.props.name} broke. Everything else keeps working.
        </p>
        <Button size="small" onClick={() => this.setState({ hasFailed: false })}>
          Try again
        </Button>
      </div>
    )
  }
}
