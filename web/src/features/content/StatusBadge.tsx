import { Badge } from '@/components/Badge'
import { nameOfStatus, toneOfStatus } from './words'

export const StatusBadge = ({ status }: { status: string }) => (
  <Badge tone={toneOfStatus(status)}>{nameOfStatus(status)}</Badge>
)
