/** The link that somebody is given to choose a password; shown once. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useFormat, useMessages } from '#messages'

const LISTEN = 'couronne serve --listen 0.0.0.0:8420 --tls local'
/** Names by which no other machine reaches this one. */
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

export function InvitationLink({ secret, endsAt }: { readonly secret: string; readonly endsAt: string }) {
  const m = useMessages()
  const format = useFormat()
  const [isCopied, setIsCopied] = useState(false)
  const link = `${window.location.origin}/invitation#${secret}`
  return (
    <>
      <p>{m.people.linkLead(format.instant(endsAt))}</p>
      <p>
        <code className="secret">{link}</code>
      </p>
      <p className="note">{m.people.linkOnce}</p>
      {LOOPBACK.has(window.location.hostname) && (
        <p className="note">
          {m.people.linkOnlyHere} <code>{LISTEN}</code>
        </p>
      )}
      <p>
        <Button
          variant="default"
          onClick={() => {
            navigator.clipboard.writeText(link).then(
              () => setIsCopied(true),
              () => setIsCopied(false), // refused by the browser: the link can be copied by hand
            )
          }}
        >
          {m.people.copyLink}
        </Button>
      </p>
      <p role="status">{isCopied && m.people.copied}</p>
    </>
  )
}
