/**
 * Key combinations as the app writes them: 'Mod+K', 'Alt+ArrowUp', '?', 'N'. Mod is Ctrl, and Command on Apple's
 * machines. A sign that needs Shift on some keyboards (such as ?) is written without it.
 */
export type Keys = string

export const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)

interface Combination {
  mod: boolean
  alt: boolean
  shift: boolean
  key: string
}

const parse = (keys: Keys): Combination => {
  const parts = keys.split('+')
  return {
    mod: parts.includes('Mod'),
    alt: parts.includes('Alt'),
    shift: parts.includes('Shift'),
    key: (parts.at(-1) ?? '').toLowerCase(),
  }
}

/** Whether these keys are a single sign, small or capital: then they count only while nobody is typing. */
export const isPlain = (keys: Keys): boolean => /^(?:Shift\+)?.$/.test(keys)

export function matches(event: KeyboardEvent, keys: Keys): boolean {
  const wanted = parse(keys)
  const mod = isApple ? event.metaKey : event.ctrlKey
  const other = isApple ? event.ctrlKey : event.metaKey
  if (mod !== wanted.mod || event.altKey !== wanted.alt || other) return false
  // With Alt pressed some systems make another sign of a letter; the key itself stays the same.
  const key = wanted.alt ? (/^(?:Key|Digit)(.)$/.exec(event.code)?.[1] ?? event.key) : event.key
  if (key.toLowerCase() !== wanted.key) return false
  const shiftMatters = /^[a-z]$/.test(wanted.key) || wanted.key.length > 1 || wanted.shift
  return !shiftMatters || event.shiftKey === wanted.shift
}

const names: Readonly<Record<string, string>> = {
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  escape: 'Esc',
  enter: 'Enter',
  tab: 'Tab',
  space: 'Space',
}

const modifiers = isApple ? { mod: '⌘', alt: '⌥', shift: '⇧' } : { mod: 'Ctrl', alt: 'Alt', shift: 'Shift' }

/** The labels on the keys, in the order one presses them. */
export function labelsOf(keys: Keys): string[] {
  const { mod, alt, shift, key } = parse(keys)
  return [
    ...(mod ? [modifiers.mod] : []),
    ...(alt ? [modifiers.alt] : []),
    ...(shift ? [modifiers.shift] : []),
    names[key] ?? (key.length === 1 ? key.toUpperCase() : key),
  ]
}

/** As `aria-keyshortcuts` wants it. */
export const ariaKeys = (keys: Keys): string => keys.replace('Mod', isApple ? 'Meta' : 'Control')
