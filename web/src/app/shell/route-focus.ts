import type { AppRouter } from '@/app/router'

/**
 * When one comes to another screen the focus goes to its title, which is read out and from where Tab goes on; else
 * it would be left on what is no longer there. A screen that has put the focus somewhere itself keeps it.
 */
export function followRoutes(router: AppRouter): () => void {
  // The browser's own record of this is carried over from the page before.
  let hasActed = false
  for (const event of ['keydown', 'pointerdown'])
    addEventListener(event, () => (hasActed = true), { capture: true, once: true })
  return router.subscribe('onRendered', ({ fromLocation, toLocation }) => {
    // A page that was just loaded is read from its beginning, also when it came here by way of another address.
    if (!hasActed) return
    if (!fromLocation || fromLocation.pathname === toLocation.pathname) return
    const active = document.activeElement
    if (active instanceof HTMLElement && active.closest('#centre, form, [role="dialog"]')) return
    const titles = [...document.querySelectorAll<HTMLElement>('[data-screen-title]')]
    titles.find((title) => title.checkVisibility())?.focus({ preventScroll: true })
  })
}
