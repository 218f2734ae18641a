/** What is here, whose practice it is, and who is signed in. */
import {
  getCurrentSession,
  getInstallation,
  getMe,
  getPractice,
  getWaysToSignIn,
  type Permission,
} from '@couronne/practice/contract'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { call } from '#api'

export const installationQuery = queryOptions({
  queryKey: ['installation'],
  queryFn: ({ signal }) => call(getInstallation, {}, { signal }),
})

/** Answers while the screen is locked too. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => call(getCurrentSession, {}, { signal }),
})

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => call(getMe, {}, { signal }) })

export const practiceQuery = queryOptions({
  queryKey: ['practice'],
  queryFn: ({ signal }) => call(getPractice, {}, { signal }),
})

export const waysInQuery = queryOptions({
  queryKey: ['ways-to-sign-in'],
  queryFn: ({ signal }) => call(getWaysToSignIn, {}, { signal }),
})

/** Whether the one who is signed in may do any of these; false until that is known. */
export function useMay(...permissions: readonly Permission[]): boolean {
  const { data } = useQuery(meQuery)
  return data !== undefined && permissions.some((permission) => data.permissions.includes(permission))
}
