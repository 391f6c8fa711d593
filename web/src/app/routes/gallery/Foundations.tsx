import { Kbd } from '@/components/Kbd'
import { Logo } from '@/components/Logo'
import { Chapter, Specimen } from './Specimen'

const colours = [
  ['ground', 'bg-ground text-ink'],
  ['surface', 'bg-surface text-ink'],
  ['raised', 'bg-raised text-ink'],
  ['sunken', 'bg-sunken text-ink'],
  ['hover', 'bg-hover text-ink-soft'],
  ['selected', 'bg-selected text-ink-selected'],
  ['accent', 'bg-accent text-on-accent'],
  ['info', 'bg-info-ground text-info'],
  ['success', 'bg-success-ground text-success'],
  ['warning', 'bg-warning-ground text-warning'],
  ['danger', 'bg-danger-ground text-danger'],
  ['unknown', 'bg-unknown-ground text-unknown'],
] as const

const sizes = [
  ['text-xl font-semibold tracking-tight', 'A screen of its own'],
  ['text-lg font-semibold', 'A dialog or chapter'],
  ['text-base font-semibold', 'A header or section'],
  ['text-sm', 'Ordinary text, labels and lists'],
  ['text-xs text-ink-soft', 'What explains, dates, numbers'],
  ['text-2xs text-ink-soft', 'Keys and counts'],
] as const

export const Foundations = () => (
  <Chapter title="Foundations">
    <Specimen name="Colours">
      <ul className="grid grid-cols-3 gap-2 text-xs max-sm:grid-cols-2">
        {colours.map(([name, look]) => (
          <li key={name} className={`rounded-lg border border-line px-2.5 py-2 ${look}`}>
            {name}
          </li>
        ))}
      </ul>
    </Specimen>
    <Specimen name="Type">
      {sizes.map(([look, text]) => (
        <p key={look} className={look}>
          {text}
        </p>
      ))}
    </Specimen>
    <Specimen name="Keys">
      <ul className="flex flex-wrap gap-4 text-sm">
        {['Mod+K', 'Alt+ArrowUp', 'Mod+Shift+P', '?', 'Escape'].map((keys) => (
          <li key={keys}>
            <Kbd keys={keys} />
          </li>
        ))}
      </ul>
      <Logo className="size-10" />
    </Specimen>
    <Specimen name="Prose">
      <div className="prose text-sm">
        <h2>Launch notes</h2>
        <p>
          The <strong>spring campaign</strong> goes out on <a href="#prose">Monday</a>. Run <code>renexus doctor</code>{' '}
          first.
        </p>
        <blockquote>
          <p>Nothing is published twice.</p>
        </blockquote>
        <ul>
          <li>Write the article</li>
          <li>Ask for approval</li>
        </ul>
        <pre role="region" tabIndex={0} aria-label="Example of code">
          <code>{'await client.messages.send(thread, "Good morning")'}</code>
        </pre>
      </div>
    </Specimen>
  </Chapter>
)
