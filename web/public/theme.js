// Sets the theme chosen on this device before the first paint; src/lib/theme.ts keeps it from there on.
try {
  const theme = localStorage.getItem('renexus.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage is blocked: the system's theme applies.
}
