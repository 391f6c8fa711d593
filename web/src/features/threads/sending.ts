interface Pressed {
  key: string
  shiftKey: boolean
  ctrlKey: boolean
  metaKey: boolean
  nativeEvent: { isComposing: boolean }
}

/** Whether these keys send. While an input method composes, Enter accepts its suggestion. */
export function sends({ key, shiftKey, ctrlKey, metaKey, nativeEvent }: Pressed, enterSends: boolean): boolean {
  if (key !== 'Enter' || shiftKey || nativeEvent.isComposing) return false
  return enterSends || ctrlKey || metaKey
}
