import { ChangeSet, type Text } from '@codemirror/state'
import type { TextUpdate } from '@/lib/realtime/protocol'
import { changesBetween, inPieces, type PieceLimits } from './text-changes'

/** A step that the server has not confirmed; those after it are made on top of it. */
export interface Unconfirmed {
  /** Of the editor that made it. Together with the order it tells the server what it has already. */
  clientID: string
  changes: ChangeSet
  /** It may be at the server, so it stays exactly as it is. */
  isSent: boolean
  /** The server said that it has it; where it stands among the steps of others is not known yet. */
  isAccepted: boolean
  /** How many changes its person made in it. */
  count: number
}

export interface Received {
  /** What the server's steps change in the text on screen. */
  changes: ChangeSet
  /** The steps themselves. */
  confirmed: readonly ChangeSet[]
}

/**
 * A document's text as this device has it: what the server confirmed, and on top of it what it has not. It does what the
 * collab package of CodeMirror does, and besides makes one step of all that is typed while another one is on its way.
 */
export class Replica {
  #version: number
  #confirmed: Text
  #text: Text
  #unconfirmed: readonly Unconfirmed[]

  constructor(version: number, confirmed: Text, unconfirmed: readonly Unconfirmed[] = []) {
    this.#version = version
    this.#confirmed = confirmed
    this.#unconfirmed = unconfirmed
    this.#text = unconfirmed.reduce((text, { changes }) => changes.apply(text), confirmed)
  }

  /** How many steps the server has confirmed. */
  get version(): number {
    return this.#version
  }

  /** The text at that version. */
  get confirmed(): Text {
    return this.#confirmed
  }

  /** The text on screen. */
  get text(): Text {
    return this.#text
  }

  get unconfirmed(): readonly Unconfirmed[] {
    return this.#unconfirmed
  }

  /** What leads from the confirmed text to the one on screen. */
  get mine(): ChangeSet {
    return this.#unconfirmed.reduce((all, { changes }) => all.compose(changes), ChangeSet.empty(this.#confirmed.length))
  }

  /** Something was typed; `isAnother` when its person will count it for itself. */
  typed(clientID: string, changes: ChangeSet, isAnother: boolean): void {
    this.#text = changes.apply(this.#text)
    const last = this.#unconfirmed.at(-1)
    if (last?.clientID !== clientID || last.isSent)
      this.#unconfirmed = [...this.#unconfirmed, { clientID, changes, isSent: false, isAccepted: false, count: 1 }]
    else {
      const grown = { ...last, changes: last.changes.compose(changes), count: last.count + (isAnother ? 1 : 0) }
      this.#unconfirmed = [...this.#unconfirmed.slice(0, -1), grown]
    }
  }

  /** From now on the next steps stay as they are: they go to the server, all of them that fit. */
  send(limits: PieceLimits): readonly Unconfirmed[] {
    const sent = this.#unconfirmed.filter(({ isSent }) => isSent)
    if (sent.length > 0) return sent
    const pieces = this.#unconfirmed.flatMap((step) => {
      const some = inPieces(step.changes, limits)
      return some.map((changes, at) => ({ ...step, changes, count: at === some.length - 1 ? step.count : 0 }))
    })
    let units = 0
    let places = 0
    const fits = ({ changes }: Unconfirmed, at: number) => {
      changes.iterChanges((_, __, ___, ____, inserted) => {
        units += inserted.length
        places++
      }, true)
      return at === 0 || (units <= limits.units && places <= limits.places)
    }
    const end = pieces.findIndex((piece, at) => !fits(piece, at))
    this.#unconfirmed = pieces.map((piece, at) => ({ ...piece, isSent: end < 0 || at < end }))
    return this.#unconfirmed.filter(({ isSent }) => isSent)
  }

  /** The server has what was sent; the steps themselves say where. */
  accepted(): void {
    this.#unconfirmed = this.#unconfirmed.map((step) => (step.isSent ? { ...step, isAccepted: true } : step))
  }

  /** What the server said is in doubt: it may have been set back. */
  doubtAccepted(): void {
    this.#unconfirmed = this.#unconfirmed.map((step) => ({ ...step, isAccepted: false }))
  }

  /**
   * Takes the next steps from the server, one after the other. Where the server fitted one's own step in otherwise than it was
   * done here, which happens where others deleted and wrote at its place, the text on screen follows the server.
   */
  receive(updates: readonly TextUpdate[]): Received {
    const confirmed: ChangeSet[] = []
    let all = ChangeSet.empty(this.#text.length)
    for (const { clientID, changes: json } of updates) {
      const changes = ChangeSet.fromJSON(json)
      const [ours, ...others] = this.#unconfirmed
      const before = this.#confirmed
      this.#confirmed = changes.apply(before)
      this.#version++
      confirmed.push(changes)
      if (ours?.isSent && ours.clientID === clientID) {
        this.#unconfirmed = others
        if (JSON.stringify(ours.changes) !== JSON.stringify(json))
          all = all.compose(this.#over(changesBetween(ours.changes.apply(before), this.#confirmed)))
      } else all = all.compose(this.#over(changes))
    }
    return { changes: all, confirmed }
  }

  /**
   * Goes on from a text of the server that has every accepted step, when the steps in between are not known: the
   * texts are compared instead.
   */
  jump(version: number, text: Text): ChangeSet {
    const accepted = this.#unconfirmed.filter(({ isAccepted }) => isAccepted)
    const expected = accepted.reduce((known, { changes }) => changes.apply(known), this.#confirmed)
    this.#unconfirmed = this.#unconfirmed.slice(accepted.length)
    this.#confirmed = text
    this.#version = version
    return this.#over(changesBetween(expected, text))
  }

  /** Puts what others did under what is unconfirmed; what is left of it changes the text on screen. */
  #over(theirs: ChangeSet): ChangeSet {
    let rest = theirs
    this.#unconfirmed = this.#unconfirmed.map((step) => {
      const changes = step.changes.map(rest)
      rest = rest.map(step.changes, true)
      return { ...step, changes }
    })
    this.#text = rest.apply(this.#text)
    return rest
  }
}
