/** A page: its title in the tab and on top, where the focus goes when one comes from another page. */
import { type ReactNode, useEffect, useRef } from 'react'
import { useStanding } from '#api'
import { useMessages } from '#messages'

let isFirst = true

export function Page({
  title,
  lead,
  children,
  isNarrow = false,
  beginsInField = false,
}: {
  readonly title: string
  readonly lead?: ReactNode
  readonly children: ReactNode
  /** for a page that asks or tells one thing */
  readonly isNarrow?: boolean
  /** whoever comes here comes to type: the focus goes to the first field at once */
  readonly beginsInField?: boolean
}) {
  const m = useMessages()
  const heading = useRef<HTMLHeadingElement>(null)
  const { isLocked } = useStanding()
  // Behind the lock a page says nothing, its tab included: it may be a patient's name.
  useEffect(() => {
    if (!isLocked) document.title = m.shell.tabTitle(title)
  }, [title, m, isLocked])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another title is another page, or another step of it
  useEffect(() => {
    const field = beginsInField ? heading.current?.parentElement?.querySelector<HTMLElement>('form input') : undefined
    if (field != null) field.focus()
    else if (!isFirst) heading.current?.focus()
    isFirst = false
  }, [title])
  return (
    <div className={isNarrow ? 'page narrow' : 'page'}>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {lead !== undefined && <p className="lead">{lead}</p>}
      {children}
    </div>
  )
}

export function Section({ title, children, id }: { readonly title: string; readonly children: ReactNode; readonly id?: string }) {
  return (
    <section className="section" {...(id === undefined ? {} : { id })}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}
