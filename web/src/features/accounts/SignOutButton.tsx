import { useMutation } from '@tanstack/react-query'
import { LogOut } from 'lucide-react'
import { Button } from '@/components/Button'
import { describe } from '@/components/problem-form'
import { toast } from '@/components/toasts'
import { signOut } from './api'

/** Out of reach of the server one stays signed in, and it says so. */
export function SignOutButton({ className }: { className?: string }) {
  const leave = useMutation({
    mutationFn: () => signOut(),
    onError: (error) => toast({ message: `You are still signed in. ${describe(error)}`, tone: 'danger' }),
  })
  return (
    <Button variant="quiet" busy={leave.isPending} onClick={() => leave.mutate()} {...(className && { className })}>
      {!leave.isPending && <LogOut aria-hidden className="size-4" />}
      Sign out
    </Button>
  )
}
