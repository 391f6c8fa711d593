import type { ChangeDesc, ChangeSet } from '@codemirror/state'
import type { Payload } from '@/lib/realtime/protocol'

/** Where somebody else writes or has selected something, in the text on screen. */
export interface Place {
  /** Whose editor it is: one person may have several. */
  editor: string
  userId: string
  anchor: number
  head: number
}

/** A place as it is told: positions in the confirmed text of a version. */
interface Told {
  editor: string
  userId: string
  at: number
  anchor: number
  head: number
}

/** Steps by which a place that was told late can still be brought up to date. */
const MOST_STEPS = 500

/** Brings the places that others tell of into the text on screen, and one's own out of it. */
export class Places {
  readonly #steps: ChangeDesc[] = []
  #version = 0
  /** Told of a version that is not here yet. */
  readonly #early = new Map<string, Told>()

  /** The confirmed text is another one, and what led there is not known. */
  reset(version: number): void {
    this.#version = version
    this.#steps.length = 0
  }

  confirmed(steps: readonly ChangeDesc[]): void {
    this.#version += steps.length
    this.#steps.push(...steps)
    this.#steps.splice(0, Math.max(0, this.#steps.length - MOST_STEPS))
  }

  /** One's own place, to be told. */
  own(clientID: string, anchor: number, head: number, mine: ChangeSet): Payload {
    const back = mine.invertedDesc
    const map = (position: number) => back.mapPos(Math.min(position, back.length), -1)
    return { op: 'cursor', at: this.#version, anchor: map(anchor), head: map(head), clientID }
  }

  /** A stretch as the server knows it at a version, in the text on screen; undefined when that is too long ago, or still to come. */
  stretch(at: number, from: number, to: number, mine: ChangeSet): { from: number; to: number } | undefined {
    const steps = this.#since(at)
    if (!steps) return undefined
    // What is written at its ends is not part of it.
    const start = mapped([...steps, mine], from, 1)
    return { from: start, to: Math.max(start, mapped([...steps, mine], to, -1)) }
  }

  /** Where somebody is; undefined while the version that it was told of is not here, or when it is too long ago. */
  heard(payload: Payload, mine: ChangeSet): Place | undefined {
    const told = toldIn(payload)
    if (!told) return undefined
    this.#early.delete(told.editor)
    if (told.at > this.#version) {
      this.#early.set(told.editor, told)
      return undefined
    }
    return this.#now(told, mine)
  }

  /** Those that waited for a version that is here now. */
  due(mine: ChangeSet): Place[] {
    const due = [...this.#early.values()].filter(({ at }) => at <= this.#version)
    for (const { editor } of due) this.#early.delete(editor)
    return due.flatMap((told) => this.#now(told, mine) ?? [])
  }

  #now({ at, anchor, head, editor, userId }: Told, mine: ChangeSet): Place | undefined {
    const steps = this.#since(at)
    if (!steps) return undefined
    const map = (position: number) => mapped([...steps, mine], position, 1)
    return { editor, userId, anchor: map(anchor), head: map(head) }
  }

  /** The steps that lead from a version to the one that is here. */
  #since(at: number): readonly ChangeDesc[] | undefined {
    const missed = this.#version - at
    return missed < 0 || missed > this.#steps.length ? undefined : this.#steps.slice(this.#steps.length - missed)
  }
}

const mapped = (steps: readonly ChangeDesc[], position: number, side: -1 | 1) =>
  steps.reduce((now, step) => step.mapPos(Math.min(now, step.length), side), Math.max(0, position))

function toldIn({ op, at, anchor, head, ...from }: Payload): Told | undefined {
  const { userId } = from
  if (op !== 'cursor' || typeof userId !== 'string') return undefined
  const editor = from.clientID ?? userId
  const isPlace = [at, anchor, head].every((value) => Number.isSafeInteger(value))
  if (!isPlace || typeof editor !== 'string') return undefined
  return { userId, editor, at: Number(at), anchor: Number(anchor), head: Number(head) }
}
