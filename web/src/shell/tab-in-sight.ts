import { type RefObject, useEffect, useRef } from 'react'

/** Where there is no room for all tabs, the current one is in sight; the page itself is not scrolled. @param current what it shows */
export function useTabInSight(current: string): RefObject<HTMLElement | null> {
  const tabs = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another view has another tab
  useEffect(() => {
    const nav = tabs.current
    const tab = nav?.querySelector<HTMLElement>('[aria-current]')
    if (nav != null && tab != null) nav.scrollLeft = tab.offsetLeft - (nav.clientWidth - tab.offsetWidth) / 2
  }, [current])
  return tabs
}
