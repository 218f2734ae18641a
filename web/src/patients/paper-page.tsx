/**
 * A sheet before it is printed: what it lacks, then as it will be. Whoever opens this page takes the entry out of the practice, as far as the
 * journal is concerned: a browser prints what it shows, with or without our button.
 */
import { getPaper } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { practitionersQuery } from '#people'
import { practiceQuery } from '#session'
import { Page } from '#shell'
import { lacksOf, type PaperFacts } from './paper-facts.ts'
import { PaperSheet } from './paper-sheet.tsx'

export function PaperPage() {
  const m = useMessages()
  const { patientId, entryId } = useParams({ from: '/inside/patients/$patientId/print/$entryId' })
  const { data, error } = useQuery({
    // Nothing is kept: each time that it is shown stands in the journal.
    queryKey: ['paper', patientId, entryId],
    queryFn: ({ signal }) => call(getPaper, { params: { patientId, entryId } }, { signal }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const { data: practice, error: practiceError } = useQuery(practiceQuery)
  const { data: people, error: peopleError } = useQuery(practitionersQuery)
  const problem = error ?? practiceError ?? peopleError
  const facts: PaperFacts | undefined =
    data === undefined || practice === undefined || people === undefined
      ? undefined
      : {
          practice,
          practitioner: people.practitioners.find(({ id }) => id === data.entry.practitionerId),
          identity: data.identity,
          entry: data.entry,
          representative: data.representative,
        }
  const back = (
    <Link to="/patients/$patientId" params={{ patientId }}>
      {m.patients.backToRecord}
    </Link>
  )
  if (facts === undefined)
    return (
      <Page title={m.patients.print} isNarrow>
        {problem === null ? <p role="status">{m.forms.waiting}</p> : <ProblemBox problem={problem} />}
        {back}
      </Page>
    )
  const lacks = lacksOf(facts)
  return (
    <Page title={m.patients.printTitle(m.patients.kinds[facts.entry.kind])}>
      <div className="no-print">
        <p>{m.patients.printLead}</p>
        {lacks.length > 0 && (
          <div className="note">
            <p>{m.patients.printLacks}</p>
            <ul className="plain">
              {lacks.map((lack) => (
                <li key={lack}>{m.patients.paperLacks[lack]}</li>
              ))}
            </ul>
          </div>
        )}
        <p className="actions">
          <Button onClick={() => window.print()}>{m.patients.print}</Button>
          {back}
        </p>
      </div>
      <PaperSheet facts={facts} today={todayIso()} />
    </Page>
  )
}
