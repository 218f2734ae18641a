/** Tables without a row stop an import: an export that failed looks like that. Somebody says that it is right, for this night and the others. */
import { type ImportSource, saveImportProfile, type WrittenProfile } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { isNamed } from './mapping-profile.ts'

export function EmptyTables({
  source,
  tables,
  onGoOn,
}: {
  readonly source: ImportSource
  readonly tables: readonly string[]
  readonly onGoOn: () => Promise<void>
}) {
  const m = useMessages()
  const [problem, setProblem] = useState<unknown>()
  const [isSaving, setIsSaving] = useState(false)
  const allow = async () => {
    setProblem(undefined)
    setIsSaving(true)
    try {
      if (source.profile !== undefined) {
        const profile = allowEmpty(source.profile, tables)
        await call(saveImportProfile, { params: { sourceId: source.id }, body: { profile } })
      }
      await onGoOn()
    } catch (error) {
      setProblem(error)
    } finally {
      setIsSaving(false)
    }
  }
  return (
    <div className="refusal" role="alert">
      <p className="refusal-title">{m.imports.emptyTitle(tables.length)}</p>
      <ul>
        {tables.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
      <p>{m.imports.emptyLead}</p>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <p className="actions">
        <Button loading={isSaving} onClick={() => void allow()}>
          {m.imports.emptyAllow}
        </Button>
      </p>
    </div>
  )
}

/** By the names that the report has for them: the file, the sheet, the query. */
function allowEmpty(profile: WrittenProfile, names: readonly string[]): WrittenProfile {
  const tables = (profile.tables ?? []).map((table) =>
    names.some((name) => isNamed(table.from, name)) ? { ...table, mayBeEmpty: true } : table,
  )
  return { ...profile, tables }
}
