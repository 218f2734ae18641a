/** Over the page while the screen is locked: the page itself is out of sight, with all that was typed in it. */
import { unlockSession } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { call, setStanding } from '#api'
import { useMessages } from '#messages'
import { LanguageChoice, Mark } from '#shell'
import { tellOtherTabs } from './other-tabs.ts'
import { ProofForm } from './proof-form.tsx'
import { sessionQuery } from './queries.ts'

export function LockScreen({ onSignOut }: { readonly onSignOut: () => void }) {
  const m = useMessages()
  const queries = useQueryClient()
  const { data: session } = useQuery(sessionQuery)
  const box = useRef<HTMLElement>(null)
  useEffect(() => {
    document.title = m.shell.tabTitle(m.session.lockedTitle)
    // Whoever comes back types the password at once.
    box.current?.querySelector<HTMLElement>('input')?.focus()
  }, [m])
  return (
    <div className="outside lock">
      <main className="page narrow" ref={box}>
        <Mark size={56} />
        <h1>{m.session.lockedTitle}</h1>
        <p className="lead">{session === undefined ? m.session.lockedLead : m.session.lockedFor(session.displayName)}</p>
        <ProofForm
          action={m.session.unlock}
          mayUsePasskey={session?.hasPasskeys === true}
          onProof={async (body) => {
            queries.setQueryData(sessionQuery.queryKey, await call(unlockSession, { body }))
            setStanding({ isLocked: false })
            tellOtherTabs('unlocked')
          }}
          beside={
            <Button variant="subtle" onClick={onSignOut}>
              {m.session.someoneElse}
            </Button>
          }
        />
      </main>
      <footer className="foot">
        <LanguageChoice />
      </footer>
    </div>
  )
}
