/** One column: its name, examples of what stands in it, what it is, and how its days or words are read. */
import type { Entity, ImportContents } from '@couronne/practice/contract'
import { NativeSelect } from '@mantine/core'
import { useMessages } from '#messages'
import { choicesOf, kindOf, targetName, targetsOf } from './choices.ts'
import type { DayFormat, Field, MappingAction, TableMapping } from './mapping.ts'
import { targetOf } from './mapping.ts'

type SeenColumn = ImportContents['tables'][number]['columns'][number]

const EXAMPLES_SHOWN = 4

export interface ColumnProps {
  readonly at: number
  readonly table: TableMapping
  readonly entity: Entity
  readonly column: SeenColumn
  readonly isRefused: boolean
  readonly change: (action: MappingAction) => void
}

export function MappingColumn(props: ColumnProps) {
  const { at, table, entity, column, isRefused, change } = props
  const m = useMessages()
  const { name, examples, filled } = column
  const target = targetOf(table, name)
  const field = target === undefined ? undefined : table.fields[target]
  return (
    <li>
      <div className="column-seen">
        <strong>{name}</strong>
        <span className="aside">
          {filled === 0 ? m.imports.columnEmpty : m.imports.examples(examples.slice(0, EXAMPLES_SHOWN))}
        </span>
        {table.key.includes(name) && <span className="aside">{m.imports.isKey}</span>}
        {table.patient.includes(name) && <span className="aside">{m.imports.isPatientKey}</span>}
      </div>
      <div className="column-read">
        <NativeSelect
          aria-label={m.imports.columnIs(name)}
          error={isRefused ? m.imports.columnRefused : undefined}
          value={target ?? ''}
          data={[
            { value: '', label: m.imports.keepOnly },
            ...targetsOf(entity).map((value) => ({ value, label: targetName(entity, value, m) })),
          ]}
          onChange={({ currentTarget: { value } }) => change({ kind: 'column', table: at, column: name, target: value })}
        />
        {target !== undefined && field !== undefined && <HowRead {...props} target={target} field={field} />}
      </div>
    </li>
  )
}

interface ReadProps extends ColumnProps {
  readonly target: string
  readonly field: Field
}

function HowRead(props: ReadProps) {
  const { entity, column, target, field } = props
  const m = useMessages()
  const others = field.columns.filter((each) => each !== column.name)
  return (
    <>
      {others.length > 0 && <span className="aside">{m.imports.alsoFrom(others)}</span>}
      {field.otherwise !== undefined && <span className="aside">{m.imports.otherwise(field.otherwise)}</span>}
      {kindOf(entity, target) === 'day' && <DayRead {...props} />}
      <WordsRead {...props} />
    </>
  )
}

function DayRead({ at, column, target, field, change }: ReadProps) {
  const m = useMessages()
  const formats = m.imports.dayFormats as Readonly<Record<string, string>>
  const found = column.dayFormat
  const foundWords = found === undefined ? m.imports.asFound : m.imports.foundIs(formats[found.format] ?? found.format)
  return (
    <NativeSelect
      label={m.imports.dayFormat}
      description={
        found?.rival !== undefined && field.format === undefined
          ? m.imports.dayUnsure(formats[found.rival] ?? found.rival)
          : undefined
      }
      value={field.format ?? ''}
      data={[{ value: '', label: foundWords }, ...Object.entries(formats).map(([value, label]) => ({ value, label }))]}
      onChange={({ currentTarget: { value } }) =>
        change({ kind: 'format', table: at, target, format: value === '' ? undefined : (value as DayFormat) })
      }
    />
  )
}

/** What each word of the column stands for, where the field takes one of a few. */
function WordsRead({ at, entity, column, target, field, change }: ReadProps) {
  const m = useMessages()
  const choices = choicesOf(entity, target, m)
  if (choices === undefined) return null
  const words = [...new Set([...column.examples.map((each) => each.trim()), ...Object.keys(field.meanings)])].filter(
    (word) => word !== '',
  )
  if (words.length === 0) return null
  return (
    <details className="more">
      <summary>{m.imports.wordsTitle(words.length)}</summary>
      <ul className="import-words">
        {words.map((word) => (
          <li key={word}>
            <NativeSelect
              label={m.imports.wordMeans(word)}
              value={field.meanings[word] ?? ''}
              data={[
                { value: '', label: m.imports.asUnderstood },
                ...Object.entries(choices).map(([value, label]) => ({ value, label })),
                ...(field.meanings[word] === undefined || Object.hasOwn(choices, field.meanings[word])
                  ? []
                  : [field.meanings[word]]),
              ]}
              onChange={({ currentTarget: { value } }) =>
                change({ kind: 'meaning', table: at, target, written: word, meant: value })
              }
            />
          </li>
        ))}
      </ul>
    </details>
  )
}
