/**
 * Dialogs are the browser's own: focus stays inside, Escape closes, the rest of the page is inert, and the focus goes back to what opened it
 * (to something near when that is gone: `shell/kept-focus.ts`). They give way to the lock, which could not be reached beside them, and come
 * back when it opens, with what was typed.
 */
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { currentStanding, useStanding } from '#api'
import { useMessages } from '#messages'

export function Dialog({
  title,
  onClose,
  children,
}: {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}) {
  const m = useMessages()
  const box = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const titleId = useId()
  const { isLocked } = useStanding()
  const hadFocus = useRef<Element>(null)
  // Before the page is changed: what has left it when it closes gives no focus back.
  useLayoutEffect(() => {
    if (isLocked) return
    const dialog = box.current
    dialog?.showModal()
    return () => {
      hadFocus.current = document.activeElement
      dialog?.close()
    }
  }, [isLocked])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another title is another step
  useLayoutEffect(() => {
    if (isLocked) return
    // The browser focuses the first thing that takes it, which is 'close'; whoever opens a form wants to fill it in.
    const field = box.current?.querySelector<HTMLElement>('form input, form select, form textarea')
    const before = box.current?.contains(hadFocus.current) ? (hadFocus.current as HTMLElement) : undefined
    hadFocus.current = null
    ;(before ?? field ?? heading.current)?.focus()
  }, [title, isLocked])
  return (
    <dialog
      ref={box}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={onClose}
      // Not when it closes because it goes away, which may be for the next dialog, nor for the lock.
      onClose={() => box.current?.open === false && !currentStanding().isLocked && onClose()}
    >
      <div className="dialog-head">
        <h2 id={titleId} ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" className="link" onClick={onClose}>
          {m.forms.close}
        </button>
      </div>
      {children}
    </dialog>
  )
}
