/** One column, or several together, that name a row or its patient. */
import { NativeSelect } from '@mantine/core'
import { useMessages } from '#messages'

const COLUMNS_MAX = 5

export function ColumnChoice({
  label,
  hint,
  columns,
  chosen,
  error,
  onChoose,
}: {
  readonly label: string
  readonly hint: string
  readonly columns: readonly string[]
  readonly chosen: readonly string[]
  readonly error: string | undefined
  readonly onChoose: (columns: readonly string[]) => void
}) {
  const m = useMessages()
  const [first = '', ...more] = chosen
  const all = [...new Set([...columns, ...chosen])]
  const choose = (at: number, column: string) =>
    onChoose((column === '' ? chosen.toSpliced(at, 1) : chosen.toSpliced(at, 1, column)).filter((each) => each !== ''))
  return (
    <div>
      <NativeSelect
        label={label}
        description={hint}
        error={error}
        value={first}
        data={[{ value: '', label: m.imports.choose }, ...all]}
        onChange={({ currentTarget: { value } }) => choose(0, value)}
      />
      {more.map((column, i) => (
        <NativeSelect
          key={column}
          aria-label={m.imports.together(label)}
          value={column}
          data={[{ value: '', label: m.imports.withoutIt }, ...all]}
          onChange={({ currentTarget: { value } }) => choose(i + 1, value)}
        />
      ))}
      {chosen.length > 0 && chosen.length < COLUMNS_MAX && (
        <NativeSelect
          className="more-columns"
          aria-label={m.imports.togetherWith(label)}
          value=""
          data={[{ value: '', label: m.imports.addColumn }, ...all.filter((each) => !chosen.includes(each))]}
          onChange={({ currentTarget: { value } }) => onChoose([...chosen, value])}
        />
      )}
    </div>
  )
}
