/** The link that somebody is given to choose a password; shown once. */
import { useFormat, useMessages } from '#messages'
import { Copyable } from '#shell'

const LISTEN = 'npm start -- --listen 0.0.0.0:8420 --tls local'
/** Names by which no other machine reaches this one. */
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

export function InvitationLink({ secret, endsAt }: { readonly secret: string; readonly endsAt: string }) {
  const m = useMessages()
  const format = useFormat()
  return (
    <>
      <p>{m.people.linkLead(format.instant(endsAt))}</p>
      <Copyable text={`${window.location.origin}/invitation#${secret}`} action={m.people.copyLink} />
      <p className="note">{m.people.linkOnce}</p>
      {LOOPBACK.has(window.location.hostname) && (
        <p className="note">
          {m.people.linkOnlyHere} <code>{LISTEN}</code>
        </p>
      )}
    </>
  )
}
