/** Entries that other entries name: by rows of the source when they are read, by ids when they are written. Both must be of one patient. */
import type { Db } from '#database'
import type { EntryKind } from '#patients'
import { type EntryLink, type ImageContent, type MappedContent, withMember } from '#sources'
import { type KnownTarget, loadTargets, type RowOfTable } from '../store.ts'
import type { KeyMap } from './key-map.ts'

/** What this run has taken so far, or would take: by table, with the patient and the kind of each. */
export type TakenRows = Map<string, KeyMap>

/** What of a run the links need. */
export interface LinkingRun extends RowOfTable {
  readonly practice: { readonly db: Db }
  readonly taken: TakenRows
}

/** Rows of one table that name others, with what is in the database of those. */
export class Targets {
  readonly #byTable: ReadonlyMap<string, ReadonlyMap<string, KnownTarget>>

  private constructor(byTable: ReadonlyMap<string, ReadonlyMap<string, KnownTarget>>) {
    this.#byTable = byTable
  }

  static async load(run: LinkingRun, links: Iterable<EntryLink>): Promise<Targets> {
    const keys = new Map<string, Set<string>>()
    for (const { table, key } of links) keys.set(table, (keys.get(table) ?? new Set()).add(key))
    const byTable = new Map<string, ReadonlyMap<string, KnownTarget>>()
    for (const [table, asked] of keys) byTable.set(table, await loadTargets(run.practice.db, run, table, [...asked]))
    return new Targets(byTable)
  }

  /** undefined: nothing is there yet, or it is of another kind or another patient */
  idOf({ table, key, kind }: EntryLink, patientId: string | undefined): string | undefined {
    const target = this.#byTable.get(table)?.get(key)
    if (target === undefined) return undefined
    if (kind === 'identity') return target.patientId
    const isRight = target.patientId === patientId && (kind === undefined || target.kind === kind)
    return isRight ? target.entryId : undefined
  }
}

/** What of a row's links leads somewhere, in this run or an earlier one. */
export function linksThere(
  run: LinkingRun,
  targets: Targets,
  links: readonly EntryLink[],
  patient: { readonly key: string | undefined; readonly id: string | undefined },
): EntryLink[] {
  return links.filter((link) => {
    const taken = run.taken.get(link.table)
    const what = link.kind === 'identity' ? link.key : `${link.key}|${link.kind ?? 'any'}|${patient.key}`
    return taken?.has(what) === true || targets.idOf(link, patient.id) !== undefined
  })
}

/** Remembers what a row becomes, for those that name it. */
export function noteTaken(
  run: LinkingRun,
  key: string,
  patientKey: string | undefined,
  content: MappedContent | ImageContent,
): void {
  const taken = run.taken.get(run.table)
  if (taken === undefined) return
  const kind = kindOf(content)
  const names = kind === undefined ? [key] : [`${key}|any|${patientKey}`, `${key}|${kind}|${patientKey}`]
  for (const name of names) taken.add(name, NOTHING)
}

function kindOf(content: MappedContent | ImageContent): EntryKind | undefined {
  switch (content.kind) {
    case 'file':
      return 'document'
    case 'image':
      return 'imagingStudy'
    case 'entry':
      return content.content.kind
    case 'patient':
      return undefined
  }
}

const NOTHING = '0'

/** A body with the ids of what it names. */
export function withLinks(body: object, links: readonly EntryLink[], idOf: (link: EntryLink) => string | undefined): object {
  let linked = body as Readonly<Record<string, unknown>>
  for (const link of links) {
    const id = idOf(link)
    if (id === undefined) continue
    linked = withMember(linked, link.member, (before) => (link.isList ? [...new Set([...((before ?? []) as string[]), id])] : id))
  }
  return linked
}
