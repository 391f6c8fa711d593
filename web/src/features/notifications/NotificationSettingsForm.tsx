import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ChooseNotification, DigestInfo, NotificationSettings } from '@/api/types'
import { Button } from '@/components/Button'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { Select } from '@/components/Select'
import { SettingsSection } from '@/components/SettingsSection'
import { Switch } from '@/components/Switch'
import { chooseNotifications, notificationSettings } from './api'

const emails = [
  { value: 'now', label: 'At once' },
  { value: 'digest', label: 'In the digest' },
  { value: 'off', label: 'Never' },
]

const cadences = [
  { value: 'daily', label: 'Every day' },
  { value: 'weekly', label: 'Once a week' },
]

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'].map((label, index) => ({
  value: String(index + 1),
  label,
}))

const hours = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, '0')}:00`,
}))

const here = Intl.DateTimeFormat().resolvedOptions().timeZone

const zonesWith = (current: string) =>
  [...new Set([current, 'UTC', here, ...Intl.supportedValuesOf('timeZone')])].map((zone) => ({
    value: zone,
    label: zone.replaceAll('_', ' '),
  }))

interface NotificationSettingsFormProps {
  /** What keeps mails from coming, and what to do about it. */
  hindrance?: ReactNode
}

/** Every choice counts at once, for what comes after it. */
export function NotificationSettingsForm({ hindrance }: NotificationSettingsFormProps) {
  const cache = useQueryClient()
  const { data, error, refetch } = useQuery(notificationSettings)
  const save = useMutation({
    mutationFn: chooseNotifications,
    // One after the other: the last choice is the one that stays.
    scope: { id: 'notificationSettings' },
    onMutate: (changes) => {
      cache.setQueryData(notificationSettings.queryKey, (known) => known && withChoices(known, changes))
    },
    onSuccess: (settings) => cache.setQueryData(notificationSettings.queryKey, settings),
    onError: () => cache.invalidateQueries({ queryKey: notificationSettings.queryKey }),
  })

  if (!data)
    return error ? (
      <ErrorState error={error} title="What you chose could not be loaded" onRetry={() => void refetch()} />
    ) : (
      <LoadingState label="Loading what you chose" rows={6} />
    )

  const { digest } = data
  const choose = (kind: ChooseNotification) => save.mutate({ kinds: [kind] })
  const setDigest = (changes: Partial<DigestInfo>) => save.mutate({ digest: { ...digest, ...changes } })

  return (
    <>
      {hindrance !== undefined && <Notice tone="warning">{hindrance}</Notice>}
      {save.isError && <Notice tone="danger">That was not saved. {describe(save.error)}</Notice>}
      <SettingsSection title="What you hear of" description="In the app, and by mail: at once, in a digest, or never.">
        <ul className="flex flex-col gap-4 divide-y divide-line">
          {data.kinds.map(({ kind, title, inApp, email, isFixed }) => (
            <li key={kind} className="flex flex-col gap-3 not-last:pb-4">
              <h3 className="text-sm font-medium">{title}</h3>
              {isFixed ? (
                <p className="text-sm text-ink-soft">Always, in the app and by mail.</p>
              ) : (
                <div className="grid gap-3 sm:grid-cols-2 sm:items-end sm:gap-6">
                  <Switch
                    label={
                      <>
                        In the app<span className="sr-only">: {title}</span>
                      </>
                    }
                    className="sm:min-h-control sm:items-center"
                    checked={inApp}
                    onChange={(event) => choose({ kind, inApp: event.target.checked })}
                  />
                  <Select
                    label={
                      <>
                        By mail<span className="sr-only">: {title}</span>
                      </>
                    }
                    options={emails}
                    value={email}
                    onChange={(event) => choose({ kind, email: event.target.value })}
                  />
                </div>
              )}
            </li>
          ))}
        </ul>
      </SettingsSection>
      <SettingsSection
        title="Digest"
        description="What you have not read by then, in one mail. Without any, none comes."
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Select
            label="How often"
            options={cadences}
            value={digest.cadence}
            onChange={(event) => setDigest({ cadence: event.target.value })}
          />
          {digest.cadence === 'weekly' && (
            <Select
              label="On"
              options={weekdays}
              value={String(digest.weekday)}
              onChange={(event) => setDigest({ weekday: Number(event.target.value) })}
            />
          )}
          <Select
            label="At"
            options={hours}
            value={String(digest.hour)}
            onChange={(event) => setDigest({ hour: Number(event.target.value) })}
          />
          <Select
            label="On the clock of"
            options={zonesWith(digest.timeZone)}
            value={digest.timeZone}
            onChange={(event) => setDigest({ timeZone: event.target.value })}
          />
        </div>
        {digest.timeZone !== here && (
          <Button size="small" className="self-start" onClick={() => setDigest({ timeZone: here })}>
            Use this device’s time zone, {here.replaceAll('_', ' ')}
          </Button>
        )}
      </SettingsSection>
    </>
  )
}

const withChoices = (
  settings: NotificationSettings,
  { kinds, digest }: { kinds?: ChooseNotification[]; digest?: DigestInfo },
): NotificationSettings => ({
  ...settings,
  kinds: settings.kinds.map((choice) => {
    const chosen = kinds?.find(({ kind }) => kind === choice.kind)
    return chosen ? { ...choice, inApp: chosen.inApp ?? choice.inApp, email: chosen.email ?? choice.email } : choice
  }),
  digest: digest ?? settings.digest,
})
