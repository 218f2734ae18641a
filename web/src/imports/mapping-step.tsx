/** What is in the source, and what it means: tables and columns beside examples, with the first rows as they would become. */
import type { ImportContents, ImportSource, WrittenProfile } from '@couronne/practice/contract'
import { saveImportProfile } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { MappingForm } from './mapping-form.tsx'
import { NextStep } from './next-step.tsx'
import { ProfileFile } from './profile-file.tsx'
import { importContentsQuery, refreshImports } from './queries.ts'

const NAMES_SHOWN = 10

export function MappingStep({ source }: { readonly source: ImportSource }) {
  const m = useMessages()
  const { data: contents, error, isFetching } = useQuery(importContentsQuery(source.id))
  /** a profile that came as a file takes the place of what the page held */
  const [profilesRead, setProfilesRead] = useState(0)
  const asFile = (
    <details className="more">
      <summary>{m.imports.profileTitle}</summary>
      <ProfileFile source={source} onSaved={() => setProfilesRead((count) => count + 1)} />
    </details>
  )
  if (source.place.kind === 'files' && source.files.whole === 0)
    return (
      <>
        <p className="note">{m.imports.filesFirst}</p>
        <NextStep sourceId={source.id} step="files" />
      </>
    )
  if (error !== null)
    return (
      <>
        <ProblemBox problem={error} />
        {asFile}
      </>
    )
  if (contents === undefined || (isFetching && profilesRead > 0)) return <Reading />
  // Whoever has said what they have meant that, whatever texts lie beside.
  const said = saidType(source.profile)
  const type = said ?? contents.type
  if (contents.tables.length > 0 && said === undefined)
    return (
      <>
        <MappingForm key={profilesRead} source={source} contents={contents} />
        {asFile}
      </>
    )
  return (
    <>
      {type === undefined ? <NothingKnown contents={contents} /> : <SelfTold source={source} type={type} contents={contents} />}
      {asFile}
    </>
  )
}

/** Of a profile that has no columns to map: its format says by itself what it holds, or names of files do. */
function saidType(profile: WrittenProfile | undefined): string | undefined {
  const isMapped = profile === undefined || ((profile.tables ?? []).length > 0 && profile.source.type !== 'files')
  return isMapped ? undefined : profile.source.type
}

function Reading() {
  const m = useMessages()
  return (
    <div className="sample-progress">
      <p role="status">{m.imports.reading}</p>
      <progress aria-label={m.imports.reading} />
    </div>
  )
}

function NothingKnown({ contents }: { readonly contents: ImportContents }) {
  const m = useMessages()
  return (
    <div className="note">
      <p>{m.imports.nothingKnown}</p>
      <ul className="plain">
        {contents.others.slice(0, NAMES_SHOWN).map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      {contents.others.some((name) => name.includes('/')) && <p>{m.imports.foldersUnknown}</p>}
    </div>
  )
}

/** Formats that say themselves what everything is. */
function SelfTold({
  source,
  type,
  contents,
}: {
  readonly source: ImportSource
  readonly type: string
  readonly contents: ImportContents
}) {
  const m = useMessages()
  const queries = useQueryClient()
  const [problem, setProblem] = useState<unknown>()
  const types = m.imports.types as Readonly<Record<string, string>>
  const name = types[type] ?? type
  const { proposed } = contents
  const accept = async (profile: WrittenProfile) => {
    setProblem(undefined)
    await call(saveImportProfile, { params: { sourceId: source.id }, body: { profile } }).catch(setProblem)
    await refreshImports(queries)
  }
  return (
    <>
      <p className="good">{m.imports.recognised(name)}</p>
      {type === 'files' ? (
        <FoldersTold profile={source.profile ?? proposed} names={contents.others} />
      ) : (
        <p>{m.imports.selfTold}</p>
      )}
      {problem !== undefined && <ProblemBox problem={problem} />}
      {source.profile !== undefined ? (
        <NextStep sourceId={source.id} step="trial" />
      ) : (
        proposed !== undefined && (
          <p className="actions">
            <Button onClick={() => void accept(proposed)}>{m.imports.accept}</Button>
          </p>
        )
      )}
    </>
  )
}

/** How a folder says whose its files are, with some of them. */
function FoldersTold({ profile, names }: { readonly profile: WrittenProfile | undefined; readonly names: readonly string[] }) {
  const m = useMessages()
  const isByNames = (profile?.tables ?? []).some(({ patient }) => [patient ?? []].flat().length > 1)
  return (
    <>
      <p>{isByNames ? m.imports.filesBy.names : m.imports.filesBy.number}</p>
      <ul className="plain">
        {names.slice(0, NAMES_SHOWN).map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      <p className="note">{m.imports.filesPatientsFirst}</p>
    </>
  )
}
