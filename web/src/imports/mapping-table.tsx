/** One table of a source: what it holds, what names its rows and their patient, its columns, and its first rows as they would become. */
import { ENTITIES, type Entity, type WrittenProfile } from '@couronne/practice/contract'
import { Checkbox, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { useMessages } from '#messages'
import type { MappingFlaw } from './check-mapping.ts'
import { targetName } from './choices.ts'
import { ColumnChoice } from './column-choice.tsx'
import { type MappingAction, type TableMapping, targetOf, unusedColumns } from './mapping.ts'
import { MappingColumn } from './mapping-column.tsx'
import { Preview } from './mapping-preview.tsx'
import { proposedFor, type SeenTable } from './mapping-profile.ts'
import type { PlaceInMapping } from './profile-problem.ts'

export interface TableProps {
  readonly sourceId: string
  readonly at: number
  readonly table: TableMapping
  /** absent: the source has no such table */
  readonly seen: SeenTable | undefined
  readonly settings: WrittenProfile['source']
  readonly flaws: readonly MappingFlaw[]
  readonly refused: PlaceInMapping | undefined
  readonly isFirst: boolean
  /** the column that names a patient in the table of patients */
  readonly patientKey: string | undefined
  readonly change: (action: MappingAction) => void
}

export function tableId(at: number): string {
  return `import-table-${at}`
}

export function MappingTable(props: TableProps) {
  const { at, table, seen, isFirst } = props
  const m = useMessages()
  const [isOpen, setIsOpen] = useState(isFirst)
  const columns = seen?.columns.map(({ name }) => name) ?? []
  const read = columns.filter((column) => targetOf(table, column) !== undefined).length
  return (
    <details
      id={tableId(at)}
      className="import-table"
      open={isOpen}
      onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}
    >
      <summary>
        <strong>{table.from}</strong>
        <span>
          {table.entity === '' ? m.imports.notTaken : m.imports.tableIs(m.imports.entities[table.entity], read, columns.length)}
        </span>
      </summary>
      {isOpen && <TableBody {...props} />}
    </details>
  )
}

function TableBody(props: TableProps) {
  const { at, table, seen, flaws, refused, patientKey, change } = props
  const m = useMessages()
  const { entity } = table
  const become = (next: Entity | '') =>
    change({
      kind: 'entity',
      table: at,
      entity: next,
      ...(next === '' || seen === undefined ? {} : { proposed: proposedFor(seen, next, patientKey) }),
    })
  const columns = seen?.columns.map(({ name }) => name).filter((name) => name !== '') ?? []
  const has = (code: MappingFlaw['code']) => flaws.some((flaw) => flaw.code === code)
  const unused = unusedColumns(table, columns)
  return (
    <>
      <NativeSelect
        label={m.imports.entityAsked}
        description={entity === '' ? undefined : m.imports.entityHints[entity]}
        error={has('two-patients') ? m.imports.flaws['two-patients'] : undefined}
        value={entity}
        data={[
          { value: '', label: m.imports.notTaken },
          ...ENTITIES.map((value) => ({ value, label: m.imports.entities[value] })),
        ]}
        onChange={({ currentTarget: { value } }) => become(value as Entity | '')}
      />
      {seen === undefined && <p className="note">{m.imports.tableNotSeen}</p>}
      {entity !== '' && (
        <>
          <div className="side-by-side">
            <ColumnChoice
              label={m.imports.key}
              hint={m.imports.keyHint}
              columns={columns}
              chosen={table.key}
              error={has('key') || refused?.part === 'key' ? m.imports.flaws.key : undefined}
              onChoose={(chosen) => change({ kind: 'key', table: at, columns: chosen })}
            />
            {entity !== 'patient' && (
              <ColumnChoice
                label={m.imports.patientColumn}
                hint={m.imports.patientColumnHint}
                columns={columns}
                chosen={table.patient}
                error={has('patient') || refused?.part === 'patient' ? m.imports.flaws.patient : undefined}
                onChoose={(chosen) => change({ kind: 'patient', table: at, columns: chosen })}
              />
            )}
          </div>
          {flaws
            .filter(({ code }) => code === 'columns')
            .map(({ columns: missing = [] }) => (
              <p key={missing.join()} className="bad">
                {m.imports.columnsMissing(table.from, missing)}{' '}
                <button type="button" className="link" onClick={() => change({ kind: 'drop', table: at, columns: missing })}>
                  {m.imports.columnsDrop}
                </button>
              </p>
            ))}
          {flaws
            .filter(({ code }) => code === 'fields')
            .map(({ targets = [] }) => (
              <p key={targets.join()} className="bad">
                {m.imports.fieldsMissing(targets.map((target) => targetName(entity, target, m)))}
              </p>
            ))}
          <h2>{m.imports.columnsTitle}</h2>
          <ul className="import-columns">
            {seen?.columns
              .filter(({ name }) => name !== '')
              .map((column) => (
                <MappingColumn
                  key={column.name}
                  at={at}
                  table={table}
                  entity={entity}
                  column={column}
                  isRefused={refused?.target !== undefined && refused.target === targetOf(table, column.name)}
                  change={change}
                />
              ))}
          </ul>
          {unused.length > 0 && <p className="note">{m.imports.kept(unused)}</p>}
          <Checkbox
            label={m.imports.mayBeEmpty}
            description={m.imports.mayBeEmptyHint}
            checked={table.mayBeEmpty}
            onChange={({ currentTarget }) => change({ kind: 'may-be-empty', table: at, mayBeEmpty: currentTarget.checked })}
          />
          <p className="actions">
            <button type="button" className="link" onClick={() => change({ kind: 'again', table: at })}>
              {m.imports.readAgain}
            </button>
            <button type="button" className="link" onClick={() => change({ kind: 'less', table: at })}>
              {m.imports.readLess}
            </button>
          </p>
          <Preview {...props} entity={entity} />
        </>
      )}
    </>
  )
}
