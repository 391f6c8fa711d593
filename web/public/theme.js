// Sets what was chosen on this device before the first paint; src/lib/theme.ts and preferences.ts keep it from there on.
try {
  const theme = localStorage.getItem('renexus.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  if (localStorage.getItem('renexus.density') === 'compact') document.documentElement.dataset.density = 'compact'
} catch {
  // Storage is blocked: the system's theme applies.
}
