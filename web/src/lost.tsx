/** No page under this address; a page that could not be shown. */
import { Button } from '@mantine/core'
import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { Outside, Page } from '#shell'

export function LostPage() {
  const m = useMessages()
  return (
    <Outside>
      <Page title={m.shell.lostTitle} lead={m.shell.lostLead} isNarrow>
        <Link to="/">{m.shell.backHome}</Link>
      </Page>
    </Outside>
  )
}

/** After an update the files of the page that is open are gone: it is loaded anew, once. */
export function CrashedPage({ error }: ErrorComponentProps) {
  const m = useMessages()
  const isOutdated = /dynamically imported module|module script failed/i.test(String(error))
  useEffect(() => {
    if (isOutdated && !window.location.search.includes('anew')) window.location.assign(`${window.location.pathname}?anew`)
  }, [isOutdated])
  return (
    <Outside>
      <Page title={m.shell.crashedTitle} isNarrow>
        <ProblemBox problem={error} />
        <Button onClick={() => window.location.reload()}>{m.shell.reload}</Button>
      </Page>
    </Outside>
  )
}
