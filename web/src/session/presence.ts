/**
 * Whether somebody is there. The server locks the screen after a while without anybody; whoever types a long letter calls nothing, and is
 * there all the same: once a minute we say so. And when the time has come, we look.
 */
import { getPractice } from '@couronne/practice/contract'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { call, setStanding } from '#api'
import { hearOtherTabs } from './other-tabs.ts'
import { sessionQuery } from './queries.ts'

const SAY_MS = 60_000
const LOOK_MS_MIN = 5_000
const LOOK_MS_MAX = 60_000

export function usePresence(onSignedOut: () => void): void {
  const { data: session, refetch } = useQuery({
    ...sessionQuery,
    refetchInterval: ({ state }) => untilLock(state.data?.locksAt),
    refetchIntervalInBackground: true,
    refetchOnWindowFocus: 'always',
  })
  const isLocked = session?.isLocked
  useEffect(() => {
    if (isLocked !== undefined) setStanding({ isLocked })
  }, [isLocked])
  useEffect(() => {
    let saidAt = Date.now()
    const say = () => {
      if (Date.now() - saidAt < SAY_MS) return
      saidAt = Date.now()
      call(getPractice, {}).catch(() => undefined) // being away is told by the notice, being locked by the screen
    }
    window.addEventListener('keydown', say)
    window.addEventListener('pointerdown', say)
    return () => {
      window.removeEventListener('keydown', say)
      window.removeEventListener('pointerdown', say)
    }
  }, [])
  useEffect(
    () =>
      hearOtherTabs((message) => {
        if (message === 'signed-out') onSignedOut()
        else void refetch()
      }),
    [onSignedOut, refetch],
  )
}

function untilLock(locksAt: string | undefined): number {
  if (locksAt === undefined) return LOOK_MS_MAX
  return Math.min(Math.max(Date.parse(locksAt) - Date.now() + 500, LOOK_MS_MIN), LOOK_MS_MAX)
}
