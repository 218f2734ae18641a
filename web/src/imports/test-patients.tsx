/** Patients who look invented: let in, or kept out with all that is about them. */
import type { DecisionContent, ImportRun } from '@couronne/practice/contract'
import { ChoiceField, FormBox, useForm } from '#forms'
import { useMessages } from '#messages'
import { Section } from '#shell'
import { AskedRows, type LeftRow } from './asked-rows.tsx'
import { subjectOf } from './decisions.ts'
import { RawRow } from './raw-row.tsx'
import { type Decided, useDecide } from './use-decide.ts'

export function TestPatients({ run, decided }: { readonly run: ImportRun; readonly decided: Decided }) {
  const m = useMessages()
  return (
    <Section title={m.imports.testsTitle} id="test-patients">
      <p>{m.imports.testsLead}</p>
      <AskedRows run={run} which="refused" code="test-patient">
        {(rows) => <TestsForm key={rows.length} run={run} rows={rows} decided={decided} />}
      </AskedRows>
    </Section>
  )
}

function TestsForm({
  run,
  rows,
  decided,
}: {
  readonly run: ImportRun
  readonly rows: readonly LeftRow[]
  readonly decided: Decided
}) {
  const m = useMessages()
  const decide = useDecide(run.sourceId)
  const keyed = rows.filter((row): row is LeftRow & { key: string } => row.key !== undefined)
  const before = keyed.map(({ key }) => {
    const decision = decided.get(subjectOf({ kind: 'test-patient', key, isLetIn: false }))?.decision
    return decision?.kind === 'test-patient' ? (decision.isLetIn ? 'in' : 'out') : ''
  })
  const form = useForm<Record<string, string>>({
    initial: Object.fromEntries(before.map((value, i) => [`t${i}`, value])),
    draft: `import-tests-${run.sourceId}`,
    send: (values) =>
      decide(
        keyed.flatMap(({ key }, i): DecisionContent[] => {
          const value = values[`t${i}`] ?? ''
          return value === '' || value === before[i] ? [] : [{ kind: 'test-patient', key, isLetIn: value === 'in' }]
        }),
      ),
  })
  return (
    <FormBox form={form} action={m.imports.decide}>
      {keyed.map((row, i) => (
        <div key={row.key}>
          <RawRow run={run} row={row} />
          <ChoiceField
            form={form}
            name={`t${i}`}
            label={m.imports.testIs(row.key)}
            choices={[
              { value: '', label: m.imports.undecided },
              { value: 'out', label: m.imports.testOut },
              { value: 'in', label: m.imports.testIn },
            ]}
          />
        </div>
      ))}
    </FormBox>
  )
}
