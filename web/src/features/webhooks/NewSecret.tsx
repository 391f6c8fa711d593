import { Button } from '@/components/Button'
import { CopyField } from '@/components/CopyField'
import { Notice } from '@/components/Notice'
import { exactTime } from '@/lib/dates'

/** A secret, the one time it can be seen. */
export const NewSecret = ({
  secret,
  previousUntil,
  onKept,
}: {
  secret: string
  /** Until when the one before signs as well. */
  previousUntil?: string
  onKept: () => void
}) => (
  <>
    <Notice tone="warning">
      Copy it now: it is shown this once. Your program checks with it that an event is from here.
    </Notice>
    {previousUntil !== undefined && (
      <p className="text-sm text-ink-soft">
        Until {exactTime(previousUntil)} the old one signs as well, so nothing is lost while you change over.
      </p>
    )}
    <CopyField label="Secret" value={secret} />
    <Button variant="primary" onClick={onKept} className="self-end">
      I have kept it
    </Button>
  </>
)
