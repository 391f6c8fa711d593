import { cx } from './cx'

// Every pair reaches 4.5:1 with white.
const grounds = ['#5b50c9', '#0f766e', '#a1461b', '#9d2f6b', '#2563a8', '#6b6414', '#7a3fb0', '#27724a']

const groundOf = (id: string) => {
  let hash = 0x811c9dc5
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return grounds[(hash >>> 16) % grounds.length] ?? '#5b50c9'
}

const initialsOf = (name: string) => {
  const words = name.trim().split(/\s+/)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return letters
    .map((word) => Array.from(word ?? '')[0] ?? '')
    .join('')
    .toLocaleUpperCase()
}

const sizes = {
  tiny: 'size-5 text-[0.5625rem]',
  small: 'size-7 text-2xs',
  normal: 'size-9 text-xs',
  large: 'size-11 text-sm',
}

/** A person or a workspace by initials, in a colour of its own. The name stands beside it or in a label. */
export function Avatar({
  id,
  name,
  size = 'normal',
  square = false,
  present,
}: {
  id: string
  name: string
  size?: keyof typeof sizes
  square?: boolean
  /** Whether this person is here now; the screen says so in words where it matters. */
  present?: boolean
}) {
  return (
    <span
      aria-hidden
      style={{ backgroundColor: groundOf(id) }}
      className={cx(
        'relative inline-flex shrink-0 items-center justify-center font-semibold text-on-accent select-none',
        square ? (size === 'tiny' || size === 'small' ? 'rounded-md' : 'rounded-lg') : 'rounded-full',
        sizes[size],
      )}
    >
      {initialsOf(name)}
      {present !== undefined && (
        <span
          className={cx(
            'absolute -right-px -bottom-px size-2.5 rounded-full border-2 border-surface',
            present ? 'bg-success' : 'bg-line-control',
          )}
        />
      )}
    </span>
  )
}
