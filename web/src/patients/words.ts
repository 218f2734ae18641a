/** What turning a record into words needs: the catalogue, days, and who the practitioners are. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Messages, useMessages } from '#messages'
import { practitionersQuery } from '#people'
import type { Days } from './days.ts'
import { useDays } from './use-days.ts'

export interface Words {
  readonly m: Messages
  readonly days: Days
  readonly practitioner: (id: string) => string
}

export function useWords(): Words {
  const m = useMessages()
  const days = useDays()
  const { data } = useQuery(practitionersQuery)
  return useMemo(() => {
    const names = new Map(data?.practitioners.map(({ id, givenName, familyName }) => [id, `${givenName} ${familyName}`]))
    return { m, days, practitioner: (id: string) => names.get(id) ?? `…${id.slice(-6)}` }
  }, [m, days, data])
}
