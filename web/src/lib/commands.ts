import { isPlain, matches, type Keys } from './keys'
import { Store } from './store'

/** Something a person can do, by the command menu, by its keys, or both. */
export interface Command {
  /** Unique; a second one under the same id takes the first one's place. */
  id: string
  title: string
  /** The heading it stands under: 'Threads', 'Go to', 'Appearance' … */
  section: string
  /** The first is the one shown. Single signs count only while nobody is typing. */
  keys?: readonly Keys[]
  /** Other words somebody may look for. */
  keywords?: string
  /** A picture's name, given to the screen to draw. */
  icon?: unknown
  /** In the sheet of keys, but not in the menu: what makes sense only where one stands. */
  keysOnly?: boolean
  run: () => void
}

/** Finds things by what is typed: threads, people. Answers at once from what is on the device. */
export interface CommandSource {
  id: string
  find: (query: string) => readonly Command[]
}

/**
 * The one list of everything that can be done right now. Features bring their commands while they are on
 * screen; the menu, the sheet of keys and the keyboard itself all read this list, so none can forget one.
 */
export class Commands {
  readonly all = new Store<readonly Command[]>([])
  readonly sources = new Store<readonly CommandSource[]>([])
  readonly #groups = new Set<readonly Command[]>()

  /** Adds commands until the returned function is called. */
  register(commands: readonly Command[]): () => void {
    this.#groups.add(commands)
    this.#publish()
    return () => {
      this.#groups.delete(commands)
      this.#publish()
    }
  }

  addSource(source: CommandSource): () => void {
    this.sources.set([...this.sources.get(), source])
    return () => this.sources.set(this.sources.get().filter((known) => known !== source))
  }

  run(id: string): void {
    this.all
      .get()
      .find((command) => command.id === id)
      ?.run()
  }

  /** Runs what these keys mean here; false when they mean nothing. The newest registration wins. */
  handle(event: KeyboardEvent): boolean {
    if (event.defaultPrevented || event.isComposing || event.repeat) return false
    const typing = isTyping(event.target)
    const meant = this.all
      .get()
      .findLast((command) => command.keys?.some((keys) => matches(event, keys) && !(typing && isPlain(keys))))
    if (!meant) return false
    event.preventDefault()
    meant.run()
    return true
  }

  #publish(): void {
    const byId = new Map<string, Command>()
    for (const group of this.#groups)
      for (const command of group) {
        byId.delete(command.id)
        byId.set(command.id, command)
      }
    this.all.set([...byId.values()])
  }
}

export const commands = new Commands()

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
}

/** How well a command answers what was typed: 0 not at all, more is better. Every word must occur somewhere. */
export function score(command: Pick<Command, 'title' | 'keywords' | 'section'>, query: string): number {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return 1
  const title = command.title.toLocaleLowerCase()
  const others = `${command.keywords ?? ''} ${command.section}`.toLocaleLowerCase()
  let sum = 0
  for (const word of words) {
    if (title.startsWith(word)) sum += 4
    else if (title.includes(` ${word}`)) sum += 3
    else if (title.includes(word)) sum += 2
    else if (others.includes(word)) sum += 1
    else return 0
  }
  return sum
}

export interface Section {
  name: string
  commands: Command[]
}

/** Headings that stand first, in this order, where nothing else decides. */
const FIRST = ['Threads', 'Go to', 'Workspaces']

/** From what one does most to what one looks up now and then. */
export const inOrder = (commands: readonly Command[]): Command[] => {
  const rank = ({ section }: Command) => (FIRST.includes(section) ? FIRST.indexOf(section) : FIRST.length)
  return [...commands].sort((one, other) => rank(one) - rank(other))
}

/** Under their headings; a heading stands where its first command was. */
export function bySection(commands: readonly Command[]): Section[] {
  const sections = new Map<string, Command[]>()
  for (const command of commands) {
    const own = sections.get(command.section)
    if (own) own.push(command)
    else sections.set(command.section, [command])
  }
  return [...sections].map(([name, own]) => ({ name, commands: own }))
}
