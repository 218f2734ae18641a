/** The mapping that a page holds: what was saved or proposed, what was changed since, kept as a draft, checked, sent. */
import { type ImportContents, type ImportSource, saveImportProfile, type WrittenProfile } from '@couronne/practice/contract'
import { useQueryClient } from '@tanstack/react-query'
import { useReducer, useState } from 'react'
import { call, Problem } from '#api'
import { dropDraft, keepDraft, readDraft, useLeaveWarning } from '#forms'
import { checkMapping, type MappingFlaw } from './check-mapping.ts'
import { changeMapping, type Mapping, type MappingAction } from './mapping.ts'
import { mappingOf, placesOf, profileOf } from './mapping-profile.ts'
import { type PlaceInMapping, placeInMapping } from './profile-problem.ts'
import { importSourceQuery } from './queries.ts'

export interface HeldMapping {
  readonly mapping: Mapping
  /** as it would be saved now */
  readonly profile: WrittenProfile
  readonly change: (action: MappingAction) => void
  readonly flaws: readonly MappingFlaw[]
  readonly problem: unknown
  /** what the server said of the mapping, by the table of the page */
  readonly refused: PlaceInMapping | undefined
  /** how often it was sent: flaws are shown from the first time on */
  readonly tries: number
  readonly isSaving: boolean
  readonly isSaved: boolean
  /** what was changed before and never saved has come back */
  readonly isDraft: boolean
  readonly save: () => Promise<boolean>
  readonly forget: () => void
}

export function useMapping(source: ImportSource, contents: ImportContents): HeldMapping {
  const queries = useQueryClient()
  const name = `import-mapping-${source.id}`
  const base = source.profile ?? contents.proposed ?? emptyProfile(source, contents)
  const first = () => mappingOf(base, contents.tables)
  const [isDraft, setIsDraft] = useState(() => readDraft(name) !== undefined)
  const [mapping, dispatch] = useReducer(changeMapping, undefined, () => draftOf(name) ?? first())
  const [problem, setProblem] = useState<unknown>()
  const [tries, setTries] = useState(0)
  const [isSaving, setIsSaving] = useState(false)
  const profile = profileOf(mapping, base)
  const flaws = checkMapping(mapping, contents.tables)
  const isSaved =
    source.profile !== undefined &&
    JSON.stringify(profile) === JSON.stringify(profileOf(mappingOf(source.profile, []), source.profile))
  useLeaveWarning(!isSaved && (isDraft || readDraft(name) !== undefined))

  const change = (action: MappingAction) => {
    setProblem(undefined)
    dispatch(action)
    keepDraft(name, { mapping: changeMapping(draftOf(name) ?? mapping, action) })
  }
  const save = async () => {
    setProblem(undefined)
    setTries((count) => count + 1)
    if (flaws.length > 0) return false
    setIsSaving(true)
    try {
      const saved = await call(saveImportProfile, { params: { sourceId: source.id }, body: { profile } })
      queries.setQueryData(importSourceQuery(source.id).queryKey, saved)
      dropDraft(name)
      setIsDraft(false)
      return true
    } catch (error) {
      setProblem(error)
      return false
    } finally {
      setIsSaving(false)
    }
  }
  const place = problem instanceof Problem ? placeInMapping(problem) : undefined
  const table = place === undefined ? undefined : placesOf(mapping)[place.table]
  return {
    mapping,
    profile,
    change,
    flaws,
    problem,
    refused: place === undefined || table === undefined ? undefined : { ...place, table },
    tries,
    isSaving,
    isSaved,
    isDraft,
    save,
    forget: () => {
      dropDraft(name)
      setIsDraft(false)
      dispatch({ kind: 'whole', mapping: first() })
    },
  }
}

function draftOf(name: string): Mapping | undefined {
  return readDraft(name)?.mapping as Mapping | undefined
}

/** Where nothing looked like a table of patients: the settings are those of the format, and every table is still to be told. */
function emptyProfile({ name, title }: ImportSource, { source }: ImportContents): WrittenProfile {
  return { couronne: 'import-profile', name, title: { fr: title }, source: source ?? { type: 'csv' }, tables: [] }
}
