/** A profile as a file: an IT provider wrote one once for a practice program; it goes in, and comes out again for others. */
import { getImportProfileText, type ImportSource, saveImportProfileText } from '@couronne/practice/contract'
import { useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { addressOf, call, Problem } from '#api'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { placeInYaml } from './profile-problem.ts'
import { refreshImports } from './queries.ts'

export function ProfileFile({ source, onSaved }: { readonly source: ImportSource; readonly onSaved?: (() => void) | undefined }) {
  const m = useMessages()
  const id = useId()
  const queries = useQueryClient()
  const [problem, setProblem] = useState<unknown>()
  const [isSaved, setIsSaved] = useState(false)
  const params = { sourceId: source.id }
  const send = async (file: File) => {
    setProblem(undefined)
    setIsSaved(false)
    try {
      await call(saveImportProfileText, { params, body: { yaml: await file.text() } })
      setIsSaved(true)
      onSaved?.()
      await refreshImports(queries)
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <div className="profile-file">
      {problem !== undefined && <ProfileProblem problem={problem} />}
      <p>{m.imports.profileLead}</p>
      <p className="actions">
        <input
          className="unseen"
          id={id}
          type="file"
          accept=".yaml,.yml"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0]
            currentTarget.value = ''
            if (file !== undefined) void send(file)
          }}
        />
        <label htmlFor={id} className="choose-files">
          {m.imports.profileChoose}
        </label>
        {source.profile !== undefined && (
          <a href={addressOf(getImportProfileText, { params })} download>
            {m.imports.profileKeep}
          </a>
        )}
      </p>
      <p role="status">{isSaved && <span className="good">{m.imports.profileSaved}</span>}</p>
    </div>
  )
}

function ProfileProblem({ problem }: { readonly problem: unknown }) {
  const m = useMessages()
  const place = problem instanceof Problem ? placeInYaml(problem) : undefined
  if (place === undefined) return <ProblemBox problem={problem} />
  return (
    <div className="refusal" role="alert">
      <p>{place.kind === 'text' ? m.imports.profileNoYaml(place.line, place.column) : m.imports.profileWrongAt(place.path)}</p>
    </div>
  )
}
