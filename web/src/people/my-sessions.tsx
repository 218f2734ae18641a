/** Where one is signed in oneself, and the way out of all of it at once. */
import { endMySession, signOutEverywhere } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { call } from '#api'
import { forgetDrafts, ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { tellOtherTabs } from '#session'
import { mySessionsQuery } from './queries.ts'
import { SessionList } from './session-list.tsx'

export function MySessions() {
  const m = useMessages()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { data: mine } = useQuery(mySessionsQuery)
  const leave = useMutation({
    mutationFn: () => call(signOutEverywhere, {}),
    onSuccess: async () => {
      forgetDrafts()
      tellOtherTabs('signed-out')
      await navigate({ to: '/sign-in' })
      queries.clear()
    },
  })
  if (mine === undefined) return null
  return (
    <>
      <SessionList
        sessions={mine.sessions}
        onEnd={async (sessionId) => {
          await call(endMySession, { params: { sessionId } })
          await queries.invalidateQueries(mySessionsQuery)
        }}
      />
      <p>{m.people.signOutEverywhereLead}</p>
      {leave.error !== null && <ProblemBox problem={leave.error} />}
      <Button variant="default" loading={leave.isPending} onClick={() => leave.mutate()}>
        {m.people.signOutEverywhere}
      </Button>
    </>
  )
}
