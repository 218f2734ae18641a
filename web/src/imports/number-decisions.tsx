/** File numbers that somebody else has here already: a patient keeps what the import gives them, or gets another. */
import type { DecisionContent, ImportRun } from '@couronne/practice/contract'
import { FormBox, TextField, useForm } from '#forms'
import { useMessages } from '#messages'
import { Section } from '#shell'
import { AskedRows, type LeftRow } from './asked-rows.tsx'
import { subjectOf } from './decisions.ts'
import { RawRow } from './raw-row.tsx'
import { type Decided, useDecide } from './use-decide.ts'

export function NumberDecisions({ run, decided }: { readonly run: ImportRun; readonly decided: Decided }) {
  const m = useMessages()
  return (
    <Section title={m.imports.numbersTitle} id="file-numbers">
      <p>{m.imports.numbersLead}</p>
      <AskedRows run={run} which="remarked" code="file-number-taken">
        {(rows) => <NumbersForm key={rows.length} run={run} rows={rows} decided={decided} />}
      </AskedRows>
    </Section>
  )
}

function NumbersForm({
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
    const decision = decided.get(subjectOf({ kind: 'file-number', key, fileNumber: '-' }))?.decision
    return decision?.kind === 'file-number' ? decision.fileNumber : ''
  })
  const form = useForm<Record<string, string>>({
    initial: Object.fromEntries(before.map((value, i) => [`f${i}`, value])),
    draft: `import-numbers-${run.sourceId}`,
    send: (values) =>
      decide(
        keyed.flatMap(({ key }, i): DecisionContent[] => {
          const fileNumber = (values[`f${i}`] ?? '').trim()
          return fileNumber === '' || fileNumber === before[i] ? [] : [{ kind: 'file-number', key, fileNumber }]
        }),
      ),
  })
  return (
    <FormBox form={form} action={m.imports.decide}>
      {keyed.map((row, i) => (
        <div key={row.key}>
          <RawRow run={run} row={row} />
          <TextField
            form={form}
            name={`f${i}`}
            label={m.imports.numberFor(row.key)}
            isOptional
            lengthMax={40}
            className="short"
          />
        </div>
      ))}
    </FormBox>
  )
}
