import { useQuery } from '@tanstack/react-query'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { RadioGroup } from '@/components/RadioGroup'
import { Select } from '@/components/Select'
import { SettingsSection } from '@/components/SettingsSection'
import { Switch } from '@/components/Switch'
import { dateAndTime } from '@/lib/dates'
import { preferences, type Preferences } from '@/lib/preferences'
import { useNow } from '@/lib/react/use-now'
import { useStore } from '@/lib/react/use-store'
import { changePreferences, storedPreferences } from './stored-preferences'

const themes = [
  { value: 'system', label: 'Like the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

const densities = [
  { value: 'comfortable', label: 'Comfortable', hint: 'More air, larger targets.' },
  { value: 'compact', label: 'Compact', hint: 'More on one screen.' },
]

const weekStarts = [
  { value: 'locale', label: 'As is usual in the language' },
  { value: 'monday', label: 'Monday' },
  { value: 'sunday', label: 'Sunday' },
  { value: 'saturday', label: 'Saturday' },
]

const LOCALES = [
  'de-AT', 'de-CH', 'de-DE', 'en-AU', 'en-CA', 'en-GB', 'en-IE', 'en-IN', 'en-US', 'es-ES', 'es-MX', 'fr-CA', 'fr-CH',
  'fr-FR', 'it-IT', 'ja-JP', 'ko-KR', 'nl-NL', 'pl-PL', 'pt-BR', 'pt-PT', 'sv-SE', 'tr-TR', 'uk-UA', 'zh-CN', 'zh-TW',
] // prettier-ignore

const locales = [
  { value: '', label: 'Like the browser' },
  ...LOCALES.map((locale) => ({
    value: locale,
    label: new Intl.DisplayNames(locale, { type: 'language' }).of(locale) ?? locale,
  })),
]

const zones = [
  { value: '', label: 'Like this device' },
  ...Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') })),
]

/** Every choice counts at once, here and on the person's other devices. */
export function PreferencesForm() {
  const current = useStore(preferences)
  const stored = useQuery(storedPreferences)
  const set = (changes: Partial<Preferences>) => changePreferences(changes)

  return (
    <>
      {stored.error !== null && (
        <Notice tone="danger">What you chose on other devices is not known. {describe(stored.error)}</Notice>
      )}
      <SettingsSection title="Appearance">
        <div className="grid gap-6 sm:grid-cols-2">
          <RadioGroup
            label="Theme"
            options={themes}
            value={current.theme}
            onChange={(event) => set({ theme: event.target.value as Preferences['theme'] })}
          />
          <RadioGroup
            label="Density"
            options={densities}
            value={current.density}
            onChange={(event) => set({ density: event.target.value as Preferences['density'] })}
          />
        </div>
      </SettingsSection>
      <SettingsSection title="Language, dates and times">
        <Select
          label="Language of dates and numbers"
          hint="The screens themselves are in English."
          options={locales}
          value={current.locale}
          onChange={(event) => set({ locale: event.target.value })}
        />
        <Select
          label="Time zone"
          hint={<Clock />}
          options={zones}
          value={current.timeZone}
          onChange={(event) => set({ timeZone: event.target.value })}
        />
        <Select
          label="The week begins on"
          options={weekStarts}
          value={current.weekStart}
          onChange={(event) => set({ weekStart: event.target.value as Preferences['weekStart'] })}
        />
      </SettingsSection>
      <SettingsSection title="Writing">
        <Switch
          label="Enter sends the message"
          hint={
            current.enterSends
              ? 'Shift+Enter begins a new line.'
              : 'Enter begins a new line; Ctrl+Enter or ⌘+Enter sends.'
          }
          checked={current.enterSends}
          onChange={(event) => set({ enterSends: event.target.checked })}
        />
      </SettingsSection>
    </>
  )
}

/** What the choice means, at a glance. */
function Clock() {
  const now = useNow(10_000)
  return <>It is {dateAndTime(now)} there.</>
}
