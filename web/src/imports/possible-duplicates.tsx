/** Patients of the source who may be somebody already: in the practice, or further up in the source. Shown to whoever opens the list. */
import type { ImportDuplicate, ImportRun, ImportSourcePerson } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ProblemBox } from '#forms'
import { useFormat, useMessages } from '#messages'
import { Likeness, PatientFacts, spokenName, useBorn } from '#patients'
import { Section } from '#shell'
import { type DuplicatesAsked, importDuplicatesQuery } from './queries.ts'
import { duplicatesOf } from './report-counts.ts'

export function PossibleDuplicates({ run }: { readonly run: ImportRun }) {
  const m = useMessages()
  const counts = duplicatesOf(run.tables)
  const words = m.imports.duplicates
  if (counts.practice + counts.source === 0) return null
  return (
    <Section title={words.title}>
      <p>{run.isDry ? words.leadDry : words.lead}</p>
      <ul className="reasons">
        {(['practice', 'source'] as const)
          .filter((which) => counts[which] > 0)
          .map((which) => (
            <li key={which}>
              <p>
                <strong>{words[which].count(counts[which])}</strong>
              </p>
              <p className="aside">{words[which].hint}</p>
              <Opened runId={run.id} which={which} />
            </li>
          ))}
      </ul>
    </Section>
  )
}

interface OfRun {
  readonly runId: string
  readonly which: DuplicatesAsked
}

function Opened({ runId, which }: OfRun) {
  const m = useMessages()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details className="more" onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>{m.imports.duplicates.show}</summary>
      {isOpen && <Pairs runId={runId} which={which} />}
    </details>
  )
}

function Pairs({ runId, which }: OfRun) {
  const m = useMessages()
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(importDuplicatesQuery(runId, which))
  if (error !== null) return <ProblemBox problem={error} />
  if (data === undefined) return <p role="status">{m.forms.waiting}</p>
  const pairs = data.pages.flatMap((page) => page.duplicates)
  return (
    <>
      <ul className="pairs">
        {pairs.map((pair) => (
          <Pair key={keyOf(pair)} pair={pair} />
        ))}
      </ul>
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {m.imports.more}
        </Button>
      )}
    </>
  )
}

function Pair({ pair }: { readonly pair: ImportDuplicate }) {
  const m = useMessages()
  const { person, other } = pair
  return (
    <li>
      <Likeness certainty={pair.certainty} speaking={pair.for} against={pair.against} />
      <p className="pair-line">
        <SourceFacts person={person} />
      </p>
      <p className="pair-line">
        {other.kind === 'row' ? <SourceFacts person={other.person} /> : <PatientFacts patient={other.patient} />}
      </p>
      {other.kind === 'patient' && (
        <p>
          <Link
            to="/patients/$patientId"
            params={{ patientId: other.patient.id }}
            aria-label={m.imports.duplicates.openOf(spokenName(other.patient))}
          >
            {m.imports.openRecord}
          </Link>
        </p>
      )}
    </li>
  )
}

function SourceFacts({ person }: { readonly person: ImportSourcePerson }) {
  const m = useMessages()
  const format = useFormat()
  const born = useBorn(person)
  const { birthName, usedName, givenNames, usedGivenName, line } = person
  return (
    <>
      <span className="patient-name">
        <strong>{usedName ?? birthName}</strong> {usedGivenName ?? givenNames[0]}
        {usedName !== undefined && usedName !== birthName && <span className="aside">{m.patients.birthNameIs(birthName)}</span>}
      </span>
      <span>{born}</span>
      <span>{m.imports.duplicates.line(format.number(line))}</span>
    </>
  )
}

function keyOf({ person, other }: ImportDuplicate): string {
  return `${person.line} ${other.kind === 'row' ? other.person.line : other.patient.id}`
}
