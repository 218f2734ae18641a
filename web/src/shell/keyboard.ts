/**
 * Keys that work on every page, unless one is typing. They can be switched off, for those who speak to their computer (WCAG 2.2, 2.1.4).
 */
import { useEffect } from 'react'
import { currentStanding } from '#api'

const STORED = 'couronne.keys'

export function areKeysOn(): boolean {
  try {
    return localStorage.getItem(STORED) !== 'off'
  } catch {
    return true // storage is refused here
  }
}

export function switchKeys(isOn: boolean): void {
  try {
    localStorage.setItem(STORED, isOn ? 'on' : 'off')
  } catch {
    // not kept, and no harm done
  }
}

export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { target } = event
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !areKeysOn()) return
      if (target instanceof HTMLElement && (target.isContentEditable || target.matches('input, select, textarea'))) return
      if (currentStanding().isLocked || document.querySelector('dialog[open]') !== null) return
      const act = keys[event.key]
      if (act === undefined) return
      event.preventDefault()
      act()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [keys])
}
