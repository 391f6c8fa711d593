/** Gives the person a file to keep, as a link with `download` would. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content)
  followLink(url, name)
  // The browser has taken it over once the click is through; the address is then only memory.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

export const textFile = (text: string): Blob => new Blob([text], { type: 'text/plain;charset=utf-8' })

/** A day for a file's name. */
export const today = (): string => new Date().toISOString().slice(0, 10)

/** Has the browser download from an address, straight into a file, however large; the server may name it. */
export function followLink(url: string, name = ''): void {
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
}
