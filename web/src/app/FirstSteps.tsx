import { Link } from '@tanstack/react-router'
import { Check, Sparkles } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, buttonLook } from '@/components/Button'
import { cx } from '@/components/cx'
import { State } from '@/components/State'
import { commands } from '@/lib/commands'

interface FirstStepsProps {
  workspaceId: string
  name: string
  mayInvite: boolean
  hasCompany: boolean
}

/** What to do in a workspace in which nothing has been said yet. */
export const FirstSteps = ({ workspaceId, name, mayInvite, hasCompany }: FirstStepsProps) => (
  <State
    icon={Sparkles}
    title={`Welcome to ${name}`}
    action={
      <ol className="flex w-full max-w-md flex-col gap-2 text-left">
        <Step isDone title="The workspace is there" />
        <Step title="Start a thread" why="One for each topic: a launch, a newsletter, a question.">
          <Button variant="primary" size="small" onClick={() => commands.run('thread.new')}>
            Start a thread
          </Button>
        </Step>
        {mayInvite && (
          <Step
            title="Invite people"
            why={hasCompany ? 'You are not alone here.' : 'By email; they see what you wrote from the start.'}
            isDone={hasCompany}
          >
            <Link
              to="/w/$workspaceId/members"
              params={{ workspaceId }}
              className={buttonLook({ size: 'small', variant: 'secondary' })}
            >
              {hasCompany ? 'Invite more' : 'Invite people'}
            </Link>
          </Step>
        )}
      </ol>
    }
  >
    A few steps, and your team is talking.
  </State>
)

interface StepProps {
  title: string
  why?: string
  isDone?: boolean
  children?: ReactNode
}

const Step = ({ title, why, isDone = false, children }: StepProps) => (
  <li className="flex items-center gap-3 rounded-xl border border-line bg-raised px-3.5 py-3">
    <span
      className={cx(
        'flex size-5 shrink-0 items-center justify-center rounded-full border',
        isDone ? 'border-success bg-success text-surface' : 'border-line-control',
      )}
    >
      {isDone && <Check aria-label="Done" className="size-3.5" />}
    </span>
    <div className="min-w-0 flex-1">
      <p className={cx('text-sm font-medium', isDone && 'text-ink-soft')}>{title}</p>
      {why !== undefined && <p className="text-xs text-pretty text-ink-soft">{why}</p>}
    </div>
    {children}
  </li>
)
