/** Two records side by side, and the decision of a person about them. */
import { type DuplicateSide, decideDuplicate, ENTRY_KINDS, type EntryKind } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { call, Problem } from '#api'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { useMay } from '#session'
import { Page } from '#shell'
import { DifferentDialog } from './different-dialog.tsx'
import { duplicateQuery, refreshDuplicates, type TwoRecords } from './duplicate-queries.ts'
import { factsOf, stewardInWords } from './entry-words.ts'
import { GlassDialog } from './glass-dialog.tsx'
import { JoinDialog } from './join-dialog.tsx'
import { Likeness } from './likeness.tsx'
import { useWords, type Words } from './words.ts'

export function DuplicatePage() {
  const m = useMessages()
  const params = useParams({ from: '/inside/duplicates/$oneId/$otherId' })
  const { data, error } = useQuery(duplicateQuery(params.oneId, params.otherId))
  return (
    <Page title={m.duplicates.pairTitle}>
      <p className="actions no-print">
        <Link to="/duplicates">{m.duplicates.back}</Link>
      </p>
      {error !== null && <Closed error={error} ids={params} />}
      {data === undefined && error === null && <p role="status">{m.forms.waiting}</p>}
      {data !== undefined && (
        <>
          <Likeness certainty={data.certainty} speaking={data.for} against={data.against} />
          <SideBySide records={data} />
          <Decision records={data} ids={params} />
        </>
      )}
    </Page>
  )
}

interface Ids {
  readonly oneId: string
  readonly otherId: string
}

/** One of the two is closed to this account: it opens as any record does. */
function Closed({ error, ids }: { readonly error: Error; readonly ids: Ids }) {
  const m = useMessages()
  const queries = useQueryClient()
  const [isAsking, setIsAsking] = useState(false)
  const patientId = error instanceof Problem && error.code === 'break-glass-needed' ? String(error.about.patientId ?? '') : ''
  return (
    <>
      <ProblemBox problem={error} />
      {patientId !== '' && (
        <Button color="red" variant="outline" onClick={() => setIsAsking(true)}>
          {m.patients.breakGlass}
        </Button>
      )}
      {isAsking && (
        <GlassDialog
          patientId={patientId}
          part="record"
          onClose={() => {
            setIsAsking(false)
            void queries.invalidateQueries({ queryKey: duplicateQuery(ids.oneId, ids.otherId).queryKey })
          }}
        />
      )}
    </>
  )
}

interface Row {
  readonly label: string
  readonly texts: readonly [string, string]
  /** false: that they differ says nothing about who it is */
  readonly isTelling: boolean
}

function SideBySide({ records }: { readonly records: TwoRecords }) {
  const m = useMessages()
  const words = useWords()
  const rows = rowsOf(records, words)
  const sides = [records.one, records.other]
  return (
    <table className="pair-table" aria-label={m.duplicates.tableLabel}>
      <thead>
        <tr>
          <th scope="col">{m.duplicates.trait}</th>
          {sides.map(({ patient }) => (
            <th key={patient.id} scope="col">
              <Link to="/patients/$patientId" params={{ patientId: patient.id }}>
                {m.patients.fileIs(patient.fileNumber)}
              </Link>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ label, texts, isTelling }) => {
          const isOther = isTelling && texts[0] !== texts[1]
          return (
            <tr key={label} {...(isOther ? { 'data-differs': '' } : {})}>
              <th scope="row">
                {label}
                {isOther && <span className="differs">{m.duplicates.differs}</span>}
              </th>
              {sides.map(({ patient }, i) => (
                <td key={patient.id}>{texts[i] === '' ? m.duplicates.nothing : texts[i]}</td>
              ))}
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** Telephones and addresses are written in many ways, and change. */
const TELLING = /^(birth|used|given|sex|bornOn|diedOn|ins\b)/

/** Who each says it is, then what it holds. */
function rowsOf({ one, other }: TwoRecords, words: Words): Row[] {
  const { m, days } = words
  const [facts, otherFacts] = [one, other].map(({ identity }) => factsOf('identity', identity, words)) as [
    ReturnType<typeof factsOf>,
    ReturnType<typeof factsOf>,
  ]
  const labels = new Map([...facts, ...otherFacts].map(({ name, label }) => [name, label]))
  const textOf = (list: typeof facts, name: string) => list.find((fact) => fact.name === name)?.text ?? ''
  const traits = [...labels].map(([name, label]) => ({
    label,
    texts: [textOf(facts, name), textOf(otherFacts, name)] as const,
    isTelling: TELLING.test(name),
  }))
  const about = (label: string, text: (side: DuplicateSide) => string, isTelling = false): Row => ({
    label,
    texts: [text(one), text(other)],
    isTelling,
  })
  return [
    ...traits,
    about(m.duplicates.holds, (side) => holdingsOf(side, words)),
    about(m.duplicates.lastVisit, ({ lastVisitOn }) =>
      lastVisitOn === undefined ? m.duplicates.noVisit : days.day(lastVisitOn),
    ),
    about(m.duplicates.created, ({ createdAt }) => days.day(createdAt.slice(0, 10))),
    about(m.duplicates.steward, ({ steward }) => stewardInWords(steward?.steward, words), true),
    about(m.duplicates.access, ({ isLimited }) => (isLimited ? m.duplicates.accessLimited : m.duplicates.accessOpen)),
  ]
}

function holdingsOf({ counts, joined }: DuplicateSide, { m }: Words): string {
  const kinds = ENTRY_KINDS.filter((kind: EntryKind) => kind !== 'identity' && (counts[kind] ?? 0) > 0)
  const held = kinds.map((kind) => `${m.patients.kindsMany[kind]} (${counts[kind]})`)
  if (joined > 0) held.push(m.duplicates.holdsJoined(joined))
  return held.length === 0 ? m.duplicates.holdsNothing : held.join(', ')
}

function Decision({ records, ids }: { readonly records: TwoRecords; readonly ids: Ids }) {
  const m = useMessages()
  const { days } = useWords()
  const mayDecide = useMay('patients.write')
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<'join' | 'different'>()
  const areTwo = records.against.includes('ins-qualified-differ')
  const { state, decision } = records
  const put = useMutation({
    mutationFn: (next: 'later' | 'open') => call(decideDuplicate, { params: ids, body: { state: next } }),
    onSuccess: async () => {
      await refreshDuplicates(queries)
      await navigate({ to: '/duplicates' })
    },
  })
  return (
    <section className="no-print">
      {decision !== undefined && state !== undefined && (
        <p className="note">
          {m.duplicates.states[state]}. {m.duplicates.decided(days.day(decision.at.slice(0, 10)), decision.by.name ?? '')}{' '}
          {decision.reason !== undefined && m.duplicates.decidedReason(decision.reason)}
        </p>
      )}
      {areTwo && <p className="note">{m.duplicates.insDiffer}</p>}
      {put.error !== null && <ProblemBox problem={put.error} />}
      {mayDecide && (
        <p className="actions">
          {!areTwo && <Button onClick={() => setDialog('join')}>{m.duplicates.same}</Button>}
          {state !== 'different' && (
            <Button variant="default" onClick={() => setDialog('different')}>
              {m.duplicates.different}
            </Button>
          )}
          {state === 'open' && (
            <Button variant="default" loading={put.isPending} onClick={() => put.mutate('later')}>
              {m.duplicates.later}
            </Button>
          )}
          {(state === 'later' || state === 'different') && (
            <Button variant="default" loading={put.isPending} onClick={() => put.mutate('open')}>
              {m.duplicates.again}
            </Button>
          )}
        </p>
      )}
      {dialog === 'join' && <JoinDialog records={records} onClose={() => setDialog(undefined)} />}
      {dialog === 'different' && <DifferentDialog ids={ids} onClose={() => setDialog(undefined)} />}
    </section>
  )
}
