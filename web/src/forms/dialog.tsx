/** Dialogs are the browser's own: focus stays inside, Escape closes, the rest of the page is inert. */
import { type ReactNode, useEffect, useId, useRef } from 'react'
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
  const titleId = useId()
  useEffect(() => {
    const dialog = box.current
    dialog?.showModal()
    // The browser focuses the first thing that takes it, which is 'close'; whoever opens a form wants to fill it in.
    dialog?.querySelector<HTMLElement>('form input, form select, form textarea')?.focus()
    return () => dialog?.close()
  }, [])
  return (
    <dialog ref={box} className="dialog" aria-labelledby={titleId} onCancel={onClose} onClose={onClose}>
      <div className="dialog-head">
        <h2 id={titleId}>{title}</h2>
        <button type="button" className="link" onClick={onClose}>
          {m.forms.close}
        </button>
      </div>
      {children}
    </dialog>
  )
}
