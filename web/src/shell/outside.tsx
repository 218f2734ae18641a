/** The frame of what is seen before anybody has signed in. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMessages } from '#messages'
import { LanguageChoice, SchemeChoice } from './choices.tsx'
import { Mark } from './mark.tsx'
import { ServerNotice } from './server-notice.tsx'
import { SkipLink } from './skip-link.tsx'

export function Outside({ children }: { readonly children: ReactNode }) {
  const m = useMessages()
  return (
    <div className="outside">
      <SkipLink />
      <header className="top no-print">
        <Link to="/" className="brand" aria-label={m.shell.toHome(m.shell.product)}>
          <Mark />
          <span className="brand-name">{m.shell.product}</span>
        </Link>
        <Link to="/attack" className="attack">
          {m.shell.attack}
        </Link>
      </header>
      <ServerNotice />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <footer className="foot no-print">
        <LanguageChoice />
        <SchemeChoice />
      </footer>
    </div>
  )
}
