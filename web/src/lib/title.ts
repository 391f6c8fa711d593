/** The title of the tab: what waits for the person, where they are, and what this is. */

const PRODUCT = 'Renexus'

let screen: string | undefined
let unread = 0

/** Names the screen; the returned function takes the name away, unless another screen has named itself since. */
export function titleScreen(name: string): () => void {
  screen = name
  show()
  return () => {
    if (screen !== name) return
    screen = undefined
    show()
  }
}

export function titleUnread(count: number): void {
  unread = count
  show()
}

function show(): void {
  const parts = screen === undefined ? [PRODUCT] : [screen, PRODUCT]
  document.title = (unread > 0 ? `(${unread > 99 ? '99+' : unread}) ` : '') + parts.join(' · ')
}
