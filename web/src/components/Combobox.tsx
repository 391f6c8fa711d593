import { Check, ChevronsUpDown, X } from 'lucide-react'
import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { cx } from './cx'
import { Field, inputLook, type FieldProps } from './Field'

export interface ComboboxOption {
  value: string
  label: string
  /** A second line's worth of help to tell two apart, such as an email; it is searched too. */
  hint?: string
  picture?: ReactNode
}

interface ComboboxProps extends FieldProps {
  options: readonly ComboboxOption[]
  /** The chosen ones. With `multiple` off at most one. */
  value: readonly string[]
  onChange: (value: string[]) => void
  multiple?: boolean
  /** What is typed and not among the options can be chosen too: what it is called then. */
  nameOfNew?: (text: string) => string
  placeholder?: string
  disabled?: boolean
  className?: string
}

const MOST_SHOWN = 50

/** One or several out of many, found by typing. The pattern of the ARIA practices: focus stays in the input. */
export function Combobox({
  options,
  value,
  onChange,
  multiple = false,
  nameOfNew,
  placeholder = 'Type to find',
  disabled = false,
  className,
  ...field
}: ComboboxProps) {
  const listId = useId()
  const input = useRef<HTMLInputElement>(null)
  const [isOpen, setIsOpen] = useState(false)
  const [text, setText] = useState<string>()
  const [at, setAt] = useState(0)

  const chosen = options.filter((option) => value.includes(option.value))
  const wanted = (text ?? '').trim().toLocaleLowerCase()
  const known = options
    .filter((option) => `${option.label} ${option.hint ?? ''}`.toLocaleLowerCase().includes(wanted))
    .slice(0, MOST_SHOWN)
  const isNew = wanted !== '' && !options.some(({ label }) => label.toLocaleLowerCase() === wanted)
  const typed = (text ?? '').trim()
  const found = nameOfNew && isNew ? [...known, { value: typed, label: nameOfNew(typed) }] : known
  const current = isOpen ? found[Math.min(at, found.length - 1)] : undefined

  const open = () => {
    setIsOpen(true)
    setAt(0)
  }
  const close = () => {
    setIsOpen(false)
    setText(undefined)
  }
  const toggle = (option: ComboboxOption) => {
    if (!multiple) {
      onChange([option.value])
      close()
      return
    }
    onChange(value.includes(option.value) ? value.filter((one) => one !== option.value) : [...value, option.value])
    setText(undefined)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!isOpen) {
        open()
        return
      }
      const step = event.key === 'ArrowDown' ? 1 : -1
      setAt((found.length + Math.min(at, found.length - 1) + step) % Math.max(1, found.length))
    } else if (event.key === 'Enter' && current) {
      event.preventDefault()
      toggle(current)
    } else if (event.key === 'Escape' && isOpen) {
      // Only the list closes, not the dialog around it.
      event.preventDefault()
      event.stopPropagation()
      close()
    } else if (event.key === 'Backspace' && multiple && !text && value.length > 0) {
      onChange(value.slice(0, -1))
    }
  }

  return (
    <Field {...field} className={className}>
      {(aria) => (
        <div className="relative">
          <div
            className={cx(
              inputLook(field.error),
              'flex flex-wrap items-center gap-1 pr-9 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent-ink',
              multiple && chosen.length > 0 && 'py-1 pl-1.5',
            )}
          >
            {multiple &&
              chosen.map((option) => (
                <span
                  key={option.value}
                  className="flex h-6 max-w-full items-center gap-1 rounded-md bg-hover pl-1.5 text-xs font-medium"
                >
                  <span className="truncate">{option.label}</span>
                  <button
                    type="button"
                    aria-label={`Remove ${option.label}`}
                    disabled={disabled}
                    onClick={() => onChange(value.filter((one) => one !== option.value))}
                    className="flex size-6 items-center justify-center rounded-md text-ink-soft hover:text-ink"
                  >
                    <X aria-hidden className="size-3.5" />
                  </button>
                </span>
              ))}
            <input
              {...aria}
              ref={input}
              role="combobox"
              type="text"
              autoComplete="off"
              spellCheck={false}
              disabled={disabled}
              aria-expanded={isOpen}
              aria-controls={listId}
              aria-autocomplete="list"
              aria-activedescendant={current && `${listId}-${current.value}`}
              placeholder={multiple && chosen.length > 0 ? '' : placeholder}
              value={text ?? (multiple || isOpen ? '' : (chosen[0]?.label ?? ''))}
              onChange={(event) => {
                setText(event.target.value)
                open()
              }}
              onClick={open}
              onBlur={close}
              onKeyDown={onKeyDown}
              className="w-16 min-w-16 flex-1 bg-transparent placeholder:text-ink-soft focus-visible:outline-none"
            />
            <ChevronsUpDown
              aria-hidden
              className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-ink-soft"
            />
          </div>
          <div
            id={listId}
            role="listbox"
            aria-label={typeof field.label === 'string' ? field.label : 'Choices'}
            aria-multiselectable={multiple}
            hidden={!isOpen}
            className="absolute inset-x-0 top-full z-50 mt-1 max-h-64 overflow-y-auto rounded-xl border border-line bg-raised p-1.5 shadow-far"
          >
            {found.map((option, index) => {
              const isChosen = value.includes(option.value)
              return (
                // The keyboard works through the input, which keeps the focus.
                // eslint-disable-next-line jsx-a11y/click-events-have-key-events
                <div
                  key={option.value}
                  id={`${listId}-${option.value}`}
                  role="option"
                  aria-selected={isChosen}
                  tabIndex={-1}
                  ref={(element) => {
                    if (option === current) element?.scrollIntoView({ block: 'nearest' })
                  }}
                  onPointerMove={() => setAt(index)}
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => toggle(option)}
                  className={cx(
                    'flex min-h-row cursor-pointer items-center gap-2.5 rounded-md px-2.5 text-sm select-none',
                    option === current && 'bg-hover',
                  )}
                >
                  {option.picture}
                  <span className="truncate">{option.label}</span>
                  {option.hint !== undefined && (
                    <span className="min-w-0 flex-1 truncate text-xs text-ink-soft">{option.hint}</span>
                  )}
                  {isChosen && <Check aria-hidden className="ml-auto size-4 shrink-0" />}
                </div>
              )
            })}
            {found.length === 0 && (
              <div role="option" aria-selected={false} aria-disabled className="px-2.5 py-2 text-sm text-ink-soft">
                Nothing found
              </div>
            )}
          </div>
        </div>
      )}
    </Field>
  )
}
