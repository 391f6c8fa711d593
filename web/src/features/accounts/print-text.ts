/** Prints this text and nothing of the page around it. */
export function printText(title: string, text: string): void {
  const frame = document.createElement('iframe')
  frame.hidden = true
  frame.title = title
  document.body.append(frame)
  const sheet = frame.contentDocument
  if (!sheet || !frame.contentWindow) return frame.remove()

  sheet.title = title
  const content = sheet.createElement('pre')
  content.textContent = text
  sheet.body.append(content)
  // Some browsers return from print() before the sheet is drawn.
  frame.contentWindow.addEventListener('afterprint', () => frame.remove())
  frame.contentWindow.print()
}
