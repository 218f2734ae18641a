/** Where somebody is signed in. */
import type { sessionSchema } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { z } from 'zod'
import { ProblemBox } from '#forms'
import { useFormat, useMessages } from '#messages'

type Session = z.output<typeof sessionSchema>

export function SessionList({
  sessions,
  onEnd,
}: {
  readonly sessions: readonly Session[]
  readonly onEnd: (sessionId: string) => Promise<unknown>
}) {
  const m = useMessages()
  const format = useFormat()
  const end = useMutation({ mutationFn: onEnd })
  if (sessions.length === 0) return <p>{m.people.noSessions}</p>
  return (
    <>
      {end.error !== null && <ProblemBox problem={end.error} />}
      <ul className="slots">
        {sessions.map((session) => (
          <li key={session.id}>
            <div>
              <strong>{browserOf(session.userAgent) ?? m.people.unknownBrowser}</strong>
              <span>{m.people.sessionFrom(session.address, format.instant(session.lastSeenAt))}</span>
              {session.isCurrent && <span className="here">{m.people.sessionHere}</span>}
            </div>
            {!session.isCurrent && (
              <Button variant="default" size="sm" loading={end.isPending} onClick={() => end.mutate(session.id)}>
                {m.people.endSession}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}

/** A word that people know it by. */
function browserOf(userAgent: string): string | undefined {
  const browser = ['Edg', 'Firefox', 'Chrome', 'Safari'].find((each) => userAgent.includes(`${each}/`))
  const system = ['Windows', 'Android', 'iPhone', 'iPad', 'Mac OS X', 'Linux'].find((each) => userAgent.includes(each))
  const name = browser === 'Edg' ? 'Edge' : browser
  return name === undefined && system === undefined ? undefined : [name, system].filter(Boolean).join(' · ')
}
