/** What was decided about a source, by whom and when; each can be taken back, and is asked about again. */
import { type Decision, withdrawImportDecision } from '@couronne/practice/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { type Messages, useFormat, useMessages } from '#messages'
import { practitionersQuery } from '#people'
import { Section } from '#shell'
import { importDecisionsQuery } from './queries.ts'

export function DecidedList({ sourceId, decisions }: { readonly sourceId: string; readonly decisions: readonly Decision[] }) {
  const m = useMessages()
  const format = useFormat()
  const queries = useQueryClient()
  const { data } = useQuery(practitionersQuery)
  const [problem, setProblem] = useState<unknown>()
  const nameOf = (id: string) => {
    const found = data?.practitioners.find((each) => each.id === id)
    return found === undefined ? `…${id.slice(-6)}` : `${found.givenName} ${found.familyName}`
  }
  const withdraw = async (decisionId: string) => {
    setProblem(undefined)
    await call(withdrawImportDecision, { params: { sourceId, decisionId } }).catch(setProblem)
    await queries.invalidateQueries(importDecisionsQuery(sourceId))
  }
  if (decisions.length === 0) return null
  return (
    <Section title={m.imports.decidedTitle}>
      <p>{m.imports.decidedLead}</p>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <ul className="slots">
        {decisions.map(({ id, decision, decidedBy, decidedAt }) => {
          const words = inWords(decision, nameOf, m)
          return (
            <li key={id}>
              <div>
                {words}
                <span>{m.imports.decidedBy(decidedBy.name, format.dayOf(decidedAt))}</span>
              </div>
              <button type="button" className="link" aria-label={m.imports.withdrawOf(words)} onClick={() => void withdraw(id)}>
                {m.imports.withdraw}
              </button>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}

function inWords(decision: Decision['decision'], nameOf: (id: string) => string, m: Messages): string {
  switch (decision.kind) {
    case 'practitioner':
      return decision.practitionerId === null
        ? m.imports.decided.nobody(decision.written)
        : m.imports.decided.practitioner(decision.written, nameOf(decision.practitionerId))
    case 'word':
      return m.imports.decided.word(decision.written, meaningInWords(decision.means, m))
    case 'test-patient':
      return decision.isLetIn ? m.imports.decided.testIn(decision.key) : m.imports.decided.testOut(decision.key)
    case 'file-number':
      return m.imports.decided.fileNumber(decision.key, decision.fileNumber)
    case 'patient':
      return decision.patientId === null ? m.imports.decided.patientOut(decision.key) : m.imports.decided.patient(decision.key)
    case 'row':
      return m.imports.decided.row(decision.table, m.imports.answered[decision.answer.kind])
  }
}

/** A decision keeps codes; whoever reads it knows words. */
function meaningInWords(means: string, m: Messages): string {
  const { choices, documentTypes } = m.patients
  const words: Readonly<Record<string, string>> = {
    ...documentTypes,
    ...choices.sex,
    ...choices.procedureStatus,
    ...choices.appointmentState,
    ...choices.alertCategory,
  }
  return words[means] ?? means
}
