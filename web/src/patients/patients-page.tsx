/** All patients by their names; or those who were searched for. */
import { listPatients } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { useMay } from '#session'
import { Page } from '#shell'
import { PatientFacts } from './patient-line.tsx'
import { foundQuery } from './queries.ts'

const PAGE_LENGTH = 50
const FOUND_MAX = 100

export function PatientsPage() {
  const m = useMessages()
  const { q } = useSearch({ from: '/inside/patients' })
  const mayAdd = useMay('patients.write')
  const mayRead = useMay('patients.read')
  const navigate = useNavigate()
  const isSearch = q !== undefined && q.trim() !== ''
  if (!mayRead) return <Page title={m.patients.title}>{null}</Page>
  return (
    <Page title={isSearch ? m.patients.foundTitle(q) : m.patients.title} {...(isSearch ? {} : { lead: m.patients.lead })}>
      {mayAdd && (
        <p className="actions">
          <Button onClick={() => void navigate({ to: '/patients/new' })}>{m.patients.newTitle}</Button>
          {isSearch ? <Link to="/patients">{m.patients.showAll}</Link> : <Link to="/duplicates">{m.duplicates.link}</Link>}
        </p>
      )}
      {isSearch ? <Found text={q.trim()} /> : <All />}
    </Page>
  )
}

function Found({ text }: { readonly text: string }) {
  const m = useMessages()
  const { data, error } = useQuery(foundQuery(text, FOUND_MAX))
  if (error !== null) return <ProblemBox problem={error} />
  return (
    <>
      <p role="status" className="count">
        {data === undefined
          ? m.patients.searching
          : data.patients.length === 0
            ? m.patients.noneFound
            : m.patients.found(data.patients.length)}
        {data?.isAll === false && <> {m.patients.foundMore}</>}
      </p>
      <PatientList patients={data?.patients ?? []} />
    </>
  )
}

function All() {
  const m = useMessages()
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage, isPending } = useInfiniteQuery({
    queryKey: ['patients', 'all'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      call(listPatients, { query: { limit: PAGE_LENGTH, ...(pageParam === '' ? {} : { cursor: pageParam }) } }, { signal }),
    getNextPageParam: ({ next }) => next,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const patients = data?.pages.flatMap((page) => page.patients) ?? []
  return (
    <>
      {error !== null && <ProblemBox problem={error} />}
      <p role="status" className="count">
        {isPending ? m.forms.waiting : patients.length === 0 ? m.patients.none : m.patients.count(patients.length, hasNextPage)}
      </p>
      <PatientList patients={patients} />
      {hasNextPage && (
        <p>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {m.patients.more}
          </Button>
        </p>
      )}
    </>
  )
}

export function PatientList({ patients }: { readonly patients: readonly Parameters<typeof PatientFacts>[0]['patient'][] }) {
  return (
    <ul className="patients">
      {patients.map((patient) => (
        <li key={patient.id}>
          <Link to="/patients/$patientId" params={{ patientId: patient.id }}>
            <PatientFacts patient={patient} />
          </Link>
        </li>
      ))}
    </ul>
  )
}
