/** One table of one run: what its rows are looked at with, and what becomes of each. */
import type { Actor, OpenPractice } from '#open-practice'
import type { BodyOf } from '#patients'
import type { EntryLink, Finding, ImageContent, MapContext, MappedContent, Source, SourceFile } from '#sources'
import type { Decisions } from '../decisions.ts'
import type { TableCount } from '../report.ts'
import type { KnownRow, RowOfTable } from '../store.ts'
import type { KeyMap } from './key-map.ts'
import type { TakenRows } from './links.ts'
import type { FindPractitioner } from './practitioners.ts'

export interface TableRun extends RowOfTable {
  readonly practice: OpenPractice
  readonly actor: Actor
  readonly source: Source
  readonly isDry: boolean
  readonly context: Omit<MapContext, 'dayFormats'>
  readonly findPractitioner: FindPractitioner
  /** whose new patients are; absent: nobody says yet */
  readonly stewardship?: BodyOf<'stewardship'>
  /** the name under which the rows of patients are kept */
  readonly patientTable: string
  /** file numbers that this run has given, or would give */
  readonly fileNumbers: KeyMap
  /** keys of patients that this run has taken, or would take */
  readonly patients: KeyMap
  /** what others may name of what this run has taken, or would take */
  readonly taken: TakenRows
  readonly decisions: Decisions
  /** keys of patients whom a decision keeps out */
  readonly ignored: Set<string>
  readonly count: TableCount
  /** told each row of which there is something to say */
  readonly onRow?: (row: LookedAt) => void
  readonly onProgress: () => void
  readonly signal?: AbortSignal
}

/** A row, and what becomes of it. */
export interface LookedAt {
  readonly line: number
  readonly raw: string
  readonly key?: string | undefined
  readonly fate: 'added' | 'changed' | 'same' | 'repeated' | 'used' | 'refused'
  readonly findings: readonly Finding[]
  /** as decisions name the row */
  readonly rowDigest: string
}

/** A row that is in the record, or is to be. */
export interface Taken extends LookedAt {
  readonly key: string
  /** by which a later run sees whether it says something else: what it says, and what was decided about that */
  readonly digest: string
  /** an earlier attempt of this run, or an earlier run, has done it */
  readonly isDone: boolean
  readonly content: MappedContent | ImageContent
  readonly patientKey: string | undefined
  /** of ours, by a decision or since the source has no patients */
  readonly patientId: string | undefined
  readonly practitioner: string | undefined
  readonly practitionerId: string | undefined
  readonly practitionerMember: string | undefined
  /** those that lead somewhere */
  readonly links: readonly EntryLink[]
  /** what is kept of it once it is taken over */
  readonly rawTaken: string
  /** of a patient who is to be made */
  readonly fileNumber?: string
  readonly known: KnownRow | undefined
  /** that stands in the row itself */
  readonly file: SourceFile | undefined
}
