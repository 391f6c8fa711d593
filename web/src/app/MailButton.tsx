import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, buttonLook } from '@/components/Button'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { Entrance } from './Entrance'

interface MailButtonProps {
  title: string
  lead: string
  button: string
  act: () => Promise<unknown>
  /** What to do when the link is too old or was used. */
  otherwise: string
  done: { title: string; lead: string; next: string; to: '/' | '/forgot' }
}

/**
 * Where the link of a mail leads. The press of the button counts, not the visit: mail programs that look at links must not
 * use them up.
 */
export function MailButton({ title, lead, button, act, otherwise, done }: MailButtonProps) {
  const press = useMutation({ mutationFn: act })

  if (press.isSuccess)
    return (
      <Entrance title={done.title} lead={done.lead}>
        <Link to={done.to} className={buttonLook({ variant: 'primary', size: 'large' })}>
          {done.next}
        </Link>
      </Entrance>
    )

  return (
    <Entrance title={title} lead={lead}>
      {press.isError && (
        <Notice tone="danger">
          {describe(press.error)} {otherwise}
        </Notice>
      )}
      <Button variant="primary" size="large" busy={press.isPending} onClick={() => press.mutate()}>
        {button}
      </Button>
    </Entrance>
  )
}
