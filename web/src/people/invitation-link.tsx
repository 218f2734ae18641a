/** The link that somebody is given to choose a password; shown once. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useFormat, useMessages } from '#messages'

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
