/** What one should see: a glass that was broken, a new device, a recovery code used. */
import { markNoticeSeen } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { useFormat, useMessages } from '#messages'
import { meQuery, useMay } from '#session'
import { Section } from '#shell'
import { noticesQuery, peopleQuery } from './queries.ts'

/** Nothing when there is none. */
export function Notices() {
  const m = useMessages()
  const format = useFormat()
  const queries = useQueryClient()
  const mayOpen = useMay('patients.read')
  const { data } = useQuery(noticesQuery)
  const { data: everybody } = useQuery(peopleQuery)
  const see = useMutation({
    mutationFn: (noticeId: string) => call(markNoticeSeen, { params: { noticeId } }),
    onSuccess: () => Promise.all([queries.invalidateQueries(noticesQuery), queries.invalidateQueries(meQuery)]),
  })
  if (data === undefined || data.notices.length === 0) return null
  const nameOf = (id: string | undefined) => everybody?.accounts.find((account) => account.id === id)?.displayName
  return (
    <Section title={m.people.noticesTitle}>
      {see.error !== null && <ProblemBox problem={see.error} />}
      <ul className="slots">
        {data.notices.map(({ id, kind, about, at }) => (
          <li key={id}>
            <div>
              <strong>{m.people.notices[kind]}</strong>
              <span>{m.people.noticeOf(format.instant(at), nameOf(about.accountId))}</span>
              {about.patientId !== undefined && mayOpen && (
                <Link to="/patients/$patientId" params={{ patientId: about.patientId }} search={{ view: 'access' }}>
                  {m.people.openRecord}
                </Link>
              )}
            </div>
            <Button variant="default" size="sm" loading={see.isPending} onClick={() => see.mutate(id)}>
              {m.people.noticeSeen}
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  )
}
