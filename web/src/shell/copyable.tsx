/** A text to take elsewhere: shown whole, copied by a button. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useMessages } from '#messages'

export function Copyable({ text, action }: { readonly text: string; readonly action: string }) {
  const m = useMessages()
  const [copied, setCopied] = useState<string>()
  return (
    <div className="copyable">
      <code className="secret" translate="no">
        {text}
      </code>
      <Button
        variant="default"
        size="sm"
        onClick={() => {
          navigator.clipboard.writeText(text).then(
            () => setCopied(text),
            () => setCopied(undefined), // refused by the browser: the text can be copied by hand
          )
        }}
      >
        {action}
      </Button>
      <span role="status">{copied === text && m.shell.copied}</span>
    </div>
  )
}
