/** When the server does not answer: said, and tried again until it does. */
import { getHealth } from '@couronne/practice/contract'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { call, useStanding } from '#api'
import { useMessages } from '#messages'

const RETRY_MS = 3_000

export function ServerNotice() {
  const m = useMessages()
  const { isOffline } = useStanding()
  const queries = useQueryClient()
  useEffect(() => {
    if (!isOffline) return
    const timer = setInterval(() => {
      call(getHealth, {}).then(
        () => queries.invalidateQueries(),
        () => undefined, // still away: the next try is in three seconds
      )
    }, RETRY_MS)
    return () => clearInterval(timer)
  }, [isOffline, queries])
  return (
    <div role="status" className="no-print">
      {isOffline && <p className="server-away">{m.shell.serverAway}</p>}
    </div>
  )
}
