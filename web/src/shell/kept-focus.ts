/**
 * The focus is never lost: when what had it goes away (a dialog that has closed, a line that was withdrawn) it goes back to where it was
 * before, and where nothing of that is left, to the heading. What is only busy gets it back when it is free again.
 */
const TRAIL_MAX = 20

export function keepFocus(page: Document): void {
  let trail: HTMLElement[] = []
  page.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement) trail = [...trail.filter((each) => each !== target), target].slice(-TRAIL_MAX)
  })
  // Who points elsewhere has taken the focus away on purpose.
  page.addEventListener('pointerdown', () => {
    trail = []
  })
  new MutationObserver(() => {
    if (page.activeElement !== page.body || trail.length === 0) return
    const scope = [...page.querySelectorAll('dialog[open]')].at(-1) ?? page
    const isThere = (each: HTMLElement) => each.isConnected && scope.contains(each) && each.checkVisibility()
    const last = trail.findLast(isThere) ?? scope.querySelector<HTMLElement>('[tabindex="-1"]:is(h1, h2)')
    last?.focus({ preventScroll: true })
  }).observe(page, { subtree: true, childList: true, attributeFilter: ['disabled', 'hidden', 'inert'] })
}
