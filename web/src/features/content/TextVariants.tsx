import { useState, type ReactNode } from 'react'
import type { ContentItem } from '@/api/types'
import { Button } from '@/components/Button'
import { cx } from '@/components/cx'
import { TextArea } from '@/components/TextArea'
import { changeItem } from './api'
import { countOf, platforms, type Platform } from './counts'
import { useSavedText } from './use-saved-text'

interface TextVariantsProps {
  item: ContentItem
  mayWrite: boolean
  /** The text that goes everywhere where no other is written. */
  children: ReactNode
  /** Somebody looks at a platform that takes the text as it is: how long is it now? */
  onLook: () => void
}

/** The text, and what is said in its place on each platform, counted as the platform counts. */
export function TextVariants({ item, mayWrite, children, onLook }: TextVariantsProps) {
  const [chosen, setChosen] = useState<string>()
  const platform = platforms.find(({ id }) => id === chosen)
  // A platform that this version of the app does not know keeps its text.
  return (
    <div className="flex min-h-0 flex-col gap-3">
      <div role="group" aria-label="The text for" className="flex gap-1 overflow-x-auto border-b border-line">
        <Choice label="Everywhere" isChosen={platform === undefined} onChoose={() => setChosen(undefined)} />
        {platforms.map(({ id, name }) => (
          <Choice
            key={id}
            label={name}
            isChosen={id === chosen}
            hasOwn={item.variants.some((variant) => variant.platform === id)}
            onChoose={() => {
              onLook()
              setChosen(id)
            }}
          />
        ))}
      </div>
      <div hidden={platform !== undefined}>{children}</div>
      {platform && <PlatformText key={platform.id} item={item} platform={platform} mayWrite={mayWrite} />}
    </div>
  )
}

interface ChoiceProps {
  label: string
  isChosen: boolean
  hasOwn?: boolean
  onChoose: () => void
}

const Choice = ({ label, isChosen, hasOwn = false, onChoose }: ChoiceProps) => (
  <button
    type="button"
    aria-pressed={isChosen}
    onClick={onChoose}
    className={cx(
      '-mb-px flex min-h-control shrink-0 items-center gap-1.5 border-b-2 px-2.5 text-sm font-medium -outline-offset-2',
      isChosen ? 'border-accent-ink text-ink' : 'border-transparent text-ink-soft hover:text-ink',
    )}
  >
    {label}
    {hasOwn && (
      <>
        <span aria-hidden title="Has its own text" className="size-1.5 rounded-full bg-accent" />
        <span className="sr-only">, has its own text</span>
      </>
    )}
  </button>
)

interface PlatformTextProps {
  item: ContentItem
  platform: Platform
  mayWrite: boolean
}

function PlatformText({ item, platform: { id, name, limits }, mayWrite }: PlatformTextProps) {
  const own = item.variants.find((variant) => variant.platform === id)
  const others = item.variants.filter((variant) => variant.platform !== id)
  const write = (text: string) => changeItem(item, { variants: [...others, { platform: id, text }] })
  const { text, onChange, flush } = useSavedText(own?.text ?? '', write)
  const said = own ? text : (item.body ?? '')

  return (
    <section aria-label={name} className="flex flex-col gap-3">
      {own ? (
        <TextArea
          label={`Text for ${name}`}
          rows={8}
          value={text}
          readOnly={!mayWrite}
          onChange={(event) => onChange(event.target.value)}
          onBlur={flush}
        />
      ) : (
        <>
          <p className="text-sm text-ink-soft">{name} takes the text as it is.</p>
          <p className="max-h-64 overflow-y-auto rounded-lg border border-line bg-ground p-3 text-sm wrap-anywhere whitespace-pre-wrap">
            {said === '' ? <em className="text-ink-soft">No text yet.</em> : said}
          </p>
        </>
      )}
      <ul aria-label={`What ${name} takes`} className="flex flex-wrap gap-x-5 gap-y-1">
        {limits.map((limit) => {
          const count = countOf(limit.of === 'title' ? item.title : said, limit)
          const over = count - limit.most
          return (
            <li key={limit.label} className={cx('text-xs tabular-nums', over > 0 ? 'text-danger' : 'text-ink-soft')}>
              {limit.label}: {count} of {limit.most}
              {over > 0 && `, ${over} too many`}
            </li>
          )
        })}
      </ul>
      {mayWrite && (
        <div className="flex gap-2">
          {own ? (
            <Button size="small" variant="quiet" onClick={() => changeItem(item, { variants: others })}>
              Take the text as it is
            </Button>
          ) : (
            <Button size="small" onClick={() => write(item.body ?? '')}>
              Write another text for {name}
            </Button>
          )}
        </div>
      )}
    </section>
  )
}
