/** Refused rows, one by one: taken all the same, given to a patient, left out for good. Each is asked for by opening its reason. */
import type { DecisionContent, ImportRun, PatientLine, Refusal } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useId, useState } from 'react'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { PatientFinder, spokenName } from '#patients'
import { Section } from '#shell'
import { AskedRows, type LeftRow } from './asked-rows.tsx'
import { type Answer, answersTo, subjectOf } from './decisions.ts'
import { RawRow } from './raw-row.tsx'
import type { Reason } from './report-counts.ts'
import { findingWords, reportWords } from './report-words.ts'
import { type Decided, useDecide } from './use-decide.ts'

export function RowDecisions({
  run,
  reasons,
  decided,
}: {
  readonly run: ImportRun
  readonly reasons: readonly Reason<Refusal>[]
  readonly decided: Decided
}) {
  const m = useMessages()
  return (
    <Section title={m.imports.rowsTitle} id="rows">
      <p>{m.imports.rowsLead}</p>
      {reasons.map(({ code, rows }) => (
        <ReasonAsked key={code} run={run} code={code} rows={rows} decided={decided} />
      ))}
    </Section>
  )
}

function ReasonAsked({
  run,
  code,
  rows: count,
  decided,
}: {
  readonly run: ImportRun
  readonly code: Refusal
  readonly rows: number
  readonly decided: Decided
}) {
  const m = useMessages()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details className="more" onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>{m.imports.reason(reportWords(run, m).count(count), findingWords(run, code, m).is)}</summary>
      <p className="aside">{findingWords(run, code, m).next}</p>
      {isOpen && (
        <AskedRows run={run} which="refused" code={code}>
          {(rows) => (
            <ul className="left-rows">
              {rows.map((row) => (
                <RowAsked key={`${row.table} ${row.line}`} run={run} code={code} row={row} decided={decided} />
              ))}
            </ul>
          )}
        </AskedRows>
      )}
    </details>
  )
}

function RowAsked({
  run,
  code,
  row,
  decided,
}: {
  readonly run: ImportRun
  readonly code: Refusal
  readonly row: LeftRow
  readonly decided: Decided
}) {
  const m = useMessages()
  const decide = useDecide(run.sourceId)
  const [isFinding, setIsFinding] = useState(false)
  const [isSending, setIsSending] = useState(false)
  const [problem, setProblem] = useState<unknown>()
  const { table, digest } = row
  if (digest === undefined)
    return (
      <li>
        <RawRow run={run} row={row} />
      </li>
    )
  const about = { kind: 'row', table, digest } as const
  const decision = decided.get(subjectOf({ ...about, answer: { kind: 'ignore' } }))?.decision
  const send = async (answer: Answer) => {
    setProblem(undefined)
    setIsSending(true)
    const content: DecisionContent = { ...about, answer }
    await decide([content]).catch(setProblem)
    setIsSending(false)
    setIsFinding(false)
  }
  return (
    <li>
      <RawRow run={run} row={row} />
      {problem !== undefined && <ProblemBox problem={problem} />}
      <p role="status">{decision?.kind === 'row' && <span className="good">{m.imports.answered[decision.answer.kind]}</span>}</p>
      <p className="actions">
        {answersTo(code).map((kind) => (
          <Button
            key={kind}
            variant="default"
            size="sm"
            disabled={isSending || (decision?.kind === 'row' && decision.answer.kind === kind && kind !== 'relink')}
            onClick={() => (kind === 'relink' ? setIsFinding(!isFinding) : void send({ kind }))}
          >
            {m.imports.answers[kind]}
          </Button>
        ))}
      </p>
      {isFinding && <PatientAsked onChoose={(patient) => void send({ kind: 'relink', patientId: patient.id })} />}
    </li>
  )
}

function PatientAsked({ onChoose }: { readonly onChoose: (patient: PatientLine) => void }) {
  const m = useMessages()
  const id = useId()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<PatientLine>()
  return (
    <div className="patient-field">
      <label className="field-label" htmlFor={id}>
        {m.imports.relinkTo}
      </label>
      <PatientFinder id={id} text={text} onText={setText} onChoose={setChosen} />
      {chosen !== undefined && (
        <p className="actions">
          <Button size="sm" onClick={() => onChoose(chosen)}>
            {m.imports.relinkConfirm(spokenName(chosen))}
          </Button>
        </p>
      )}
    </div>
  )
}
