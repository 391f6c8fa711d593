import { createLazyRoute, useNavigate } from '@tanstack/react-router'
import { CreateWorkspaceForm } from '@/features/workspaces/CreateWorkspaceForm'
import { Entrance } from '@/app/Entrance'

function Welcome() {
  const navigate = useNavigate()
  return (
    <Entrance
      title="Your first workspace"
      lead="A workspace holds your team's threads and content. Next, you start a thread and invite people."
    >
      <CreateWorkspaceForm
        onCreated={({ id }) => void navigate({ to: '/w/$workspaceId', params: { workspaceId: id } })}
      />
    </Entrance>
  )
}

export const route = createLazyRoute('/member/welcome')({ component: Welcome })
