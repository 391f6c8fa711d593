import { Search } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/Button'

interface SearchFieldProps {
  q: string
  onSearch: (q: string) => void
}

/** Give it the query as its key, so that coming back shows what was asked then. */
export function SearchField({ q, onSearch }: SearchFieldProps) {
  const [text, setText] = useState(q)
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() !== '') onSearch(text.trim())
      }}
      className="flex items-center gap-2"
    >
      <div className="flex min-w-0 flex-1 items-center gap-2 rounded-lg border border-line-control bg-surface px-3 focus-within:border-accent-ink">
        <Search aria-hidden className="size-4 shrink-0 text-ink-soft" />
        <input
          type="search"
          aria-label="Search messages and content"
          // The screen exists to be typed into.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus={q === ''}
          placeholder={'Words, "a phrase", or -without'}
          maxLength={200}
          value={text}
          onChange={({ target }) => setText(target.value)}
          className="h-control min-w-0 flex-1 bg-transparent text-base placeholder:text-ink-soft focus-visible:outline-none sm:text-sm"
        />
      </div>
      <Button type="submit" variant="primary">
        Search
      </Button>
    </form>
  )
}
