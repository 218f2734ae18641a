/** The mapping as a form: how files are written, each table, what is wrong, the button that saves. */
import type { ImportContents, ImportSource } from '@couronne/practice/contract'
import { Button, NativeSelect } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { ProblemBox } from '#forms'
import { type Messages, useMessages } from '#messages'
import type { MappingFlaw } from './check-mapping.ts'
import { targetName } from './choices.ts'
import type { Encoding, Mapping } from './mapping.ts'
import { seenTableOf } from './mapping-profile.ts'
import { MappingTable, tableId } from './mapping-table.tsx'
import { NextStep } from './next-step.tsx'
import { type HeldMapping, useMapping } from './use-mapping.ts'

export function MappingForm({ source, contents }: { readonly source: ImportSource; readonly contents: ImportContents }) {
  const m = useMessages()
  const navigate = useNavigate()
  const held = useMapping(source, contents)
  const { mapping, profile, change } = held
  const saveAndTry = async () => {
    if (await held.save())
      await navigate({ to: '/imports/$sourceId', params: { sourceId: source.id }, search: { step: 'trial' } })
  }
  return (
    <>
      <p>{contents.proposed === undefined && source.profile === undefined ? m.imports.mapAlone : m.imports.mapLead}</p>
      {held.isDraft && (
        <p className="note" role="status">
          {m.forms.draftBack}{' '}
          <button type="button" className="link" onClick={held.forget}>
            {m.forms.draftDrop}
          </button>
        </p>
      )}
      <Flaws held={held} />
      {profile.source.type === 'csv' && <Writing held={held} contents={contents} />}
      {mapping.tables.map((table, at) => (
        <MappingTable
          // biome-ignore lint/suspicious/noArrayIndexKey: a table may be there twice, and its place is what changes are told by
          key={`${table.from} ${at}`}
          sourceId={source.id}
          at={at}
          table={table}
          seen={seenTableOf(table, contents.tables)}
          settings={profile.source}
          flaws={held.flaws.filter(({ table, code }) => table === at && (held.tries > 0 || code === 'columns'))}
          refused={held.refused?.table === at ? held.refused : undefined}
          isFirst={
            at ===
            Math.max(
              0,
              mapping.tables.findIndex(({ entity }) => entity !== ''),
            )
          }
          patientKey={mapping.tables.find(({ entity }) => entity === 'patient')?.key[0]}
          change={change}
        />
      ))}
      {contents.others.length > 0 && <p className="aside">{m.imports.filesBeside(contents.others.length)}</p>}
      <p className="actions">
        {held.isSaved ? (
          <span className="good" role="status">
            {m.forms.saved}
          </span>
        ) : (
          <>
            <Button loading={held.isSaving} onClick={() => void saveAndTry()}>
              {m.imports.saveAndTry}
            </Button>
            <Button variant="default" disabled={held.isSaving} onClick={() => void held.save()}>
              {m.forms.save}
            </Button>
          </>
        )}
      </p>
      {held.isSaved && <NextStep sourceId={source.id} step="trial" />}
    </>
  )
}

/** What is still wrong, on top, each a way to its place. */
function Flaws({ held }: { readonly held: HeldMapping }) {
  const m = useMessages()
  const box = useRef<HTMLDivElement>(null)
  const { tries, flaws, problem, refused, mapping } = held
  // What the columns are that a profile asks for in vain is said before anybody presses a button.
  const shown = tries > 0 ? flaws : flaws.filter(({ code }) => code === 'columns')
  const isShown = shown.length > 0 || (tries > 0 && problem !== undefined)
  useEffect(() => {
    if (tries > 0) box.current?.focus()
  }, [tries])
  if (!isShown) return null
  return (
    <div ref={box} tabIndex={-1} className="refusal" role="alert">
      {problem !== undefined && <ProblemBox problem={problem} />}
      {refused !== undefined && (
        <p>
          <TablePlace mapping={mapping} at={refused.table} />
        </p>
      )}
      <ul>
        {shown.map((flaw) => (
          <li key={`${flaw.code} ${flaw.table} ${flaw.targets?.join()}`}>
            {flaw.table !== undefined && (
              <>
                <TablePlace mapping={mapping} at={flaw.table} /> :{' '}
              </>
            )}
            {flawInWords(flaw, mapping, m)}
          </li>
        ))}
      </ul>
    </div>
  )
}

function TablePlace({ mapping, at }: { readonly mapping: Mapping; readonly at: number }) {
  return (
    <a
      href={`#${tableId(at)}`}
      onClick={(event) => {
        event.preventDefault()
        const place = document.getElementById(tableId(at))
        if (place instanceof HTMLDetailsElement) place.open = true
        place?.querySelector<HTMLElement>('select')?.focus()
      }}
    >
      {mapping.tables[at]?.from}
    </a>
  )
}

export function flawInWords({ code, table, targets = [], columns = [] }: MappingFlaw, mapping: Mapping, m: Messages): string {
  if (code === 'columns') return m.imports.columnsMissingHere(columns)
  const entity = table === undefined ? undefined : mapping.tables[table]?.entity
  if (code !== 'fields' || entity === undefined || entity === '') return m.imports.flaws[code === 'fields' ? 'key' : code]
  return m.imports.fieldsMissing(targets.map((target) => targetName(entity, target, m)))
}

/** Encoding and separator: found out, and said otherwise where that is wrong. */
function Writing({ held, contents }: { readonly held: HeldMapping; readonly contents: ImportContents }) {
  const m = useMessages()
  const { mapping, change } = held
  const encodings = m.imports.encodings as Readonly<Record<string, string>>
  const delimiters = m.imports.delimiters as Readonly<Record<string, string>>
  const found = (of: (table: ImportContents['tables'][number]) => string | undefined, words: Readonly<Record<string, string>>) =>
    [...new Set(contents.tables.map(of).filter((each) => each !== undefined))].map((each) => words[each] ?? each).join(', ')
  return (
    <details className="more">
      <summary>
        {m.imports.writing(
          found(({ encoding }) => encoding, encodings),
          found(({ delimiter }) => delimiter, delimiters),
        )}
      </summary>
      <div className="side-by-side">
        <NativeSelect
          label={m.imports.encoding}
          description={m.imports.encodingHint}
          value={mapping.encoding ?? ''}
          data={[{ value: '', label: m.imports.asFound }, ...toChoices(encodings)]}
          onChange={({ currentTarget: { value } }) =>
            change({ kind: 'encoding', encoding: value === '' ? undefined : (value as Encoding) })
          }
        />
        <NativeSelect
          label={m.imports.delimiter}
          value={mapping.delimiter ?? ''}
          data={[{ value: '', label: m.imports.asFound }, ...toChoices(delimiters)]}
          onChange={({ currentTarget: { value } }) => change({ kind: 'delimiter', delimiter: value === '' ? undefined : value })}
        />
      </div>
    </details>
  )
}

function toChoices(words: Readonly<Record<string, string>>) {
  return Object.entries(words).map(([value, label]) => ({ value, label }))
}
