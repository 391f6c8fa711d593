import { createLazyRoute, Link, useNavigate, useParams } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { buttonLook } from '@/components/Button'
import { WebhookSections } from '@/features/webhooks/WebhookSections'
import { SettingsPage } from '@/app/SettingsPage'

function Webhook() {
  const { workspaceId, webhookId } = useParams({ from: '/member/w/$workspaceId/webhooks/$webhookId' })
  const navigate = useNavigate()

  return (
    <SettingsPage
      title="Webhook"
      wide
      back={
        <Link
          to="/w/$workspaceId/webhooks"
          params={{ workspaceId }}
          aria-label="All webhooks"
          className={buttonLook({ variant: 'quiet', size: 'icon' })}
        >
          <ArrowLeft aria-hidden className="size-5" />
        </Link>
      }
    >
      <WebhookSections
        key={webhookId}
        workspaceId={workspaceId}
        webhookId={webhookId}
        onGone={() => void navigate({ to: '/w/$workspaceId/webhooks', params: { workspaceId } })}
      />
    </SettingsPage>
  )
}

export const route = createLazyRoute('/member/w/$workspaceId/webhooks/$webhookId')({ component: Webhook })
