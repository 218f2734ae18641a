/** What a source says otherwise than before becomes a correction, unless somebody has corrected the entry here since: then theirs stays. */
import type { Tx } from '#database'
import type { Actor, OpenPractice } from '#open-practice'
import { correctEntry, type EntryKind, IMPORT_SOURCE, PROGRAM, writingIn } from '#patients'
import { followedSource, isFollowed } from './followed-source.ts'

export interface ImportedCorrection {
  readonly patientId: string
  /** for an identity: the patient's id */
  readonly entryId: string
  readonly kind: EntryKind
  /** as the source has it now */
  readonly body: object
  readonly source: string
}

const REASON = 'import'
/** What no source says of an entry, or not any more once it is here. */
const KEPT: Partial<Record<EntryKind, readonly string[]>> = {
  identity: ['fileNumber'],
  document: ['objectId', 'mediaType', 'source'],
  // What the images themselves say of how they were made goes before what another program says.
  imagingStudy: ['studyId', 'studyUid', 'device', 'dose'],
}

/** @param within in the same transaction; told whether the entry says now what the source says */
export async function correctImported(
  practice: OpenPractice,
  actor: Actor,
  { patientId, entryId, kind, body, source }: ImportedCorrection,
  within: (tx: Tx, isDone: boolean) => Promise<void>,
): Promise<void> {
  await practice.db.transaction().execute(async (tx) => {
    const newest = await tx
      .selectFrom('record_version')
      .innerJoin('record_entry', (join) =>
        join
          .onRef('record_entry.id', '=', 'record_version.entry_id')
          .onRef('record_entry.version', '=', 'record_version.version'),
      )
      .select([
        'record_version.entry_id',
        'record_version.version',
        'record_version.body',
        'record_version.source',
        'record_version.state',
        'record_version.recorded_by',
      ])
      .where('record_version.practice_id', '=', practice.id)
      .where('record_version.patient_id', '=', patientId)
      .where((row) =>
        kind === 'identity' ? row('record_version.kind', '=', 'identity') : row('record_version.entry_id', '=', entryId),
      )
      .executeTakeFirst()
    const isOurs = newest?.source?.startsWith(IMPORT_SOURCE) || isFollowed(newest?.source) || newest?.recorded_by === PROGRAM
    if (newest === undefined || newest.body === null || newest.state !== 'current' || !isOurs) return within(tx, false)
    const before = JSON.parse(newest.body) as Record<string, unknown>
    const kept = (KEPT[kind] ?? []).filter((name) => before[name] !== undefined).map((name) => [name, before[name]])
    await correctEntry(writingIn(practice, actor, tx), {
      patientId,
      entryId: newest.entry_id,
      expectedVersion: newest.version,
      kind,
      body: { ...body, ...teethOf(kind, body, before), ...Object.fromEntries(kept) },
      reason: REASON,
      source: followedSource(source),
    })
    await within(tx, true)
  })
}

/** A source that names no tooth says nothing against those that the images name. */
function teethOf(kind: EntryKind, body: object, before: Readonly<Record<string, unknown>>): object {
  if (kind !== 'imagingStudy') return {}
  const { teeth = [] } = body as { teeth?: readonly unknown[] }
  return teeth.length > 0 ? {} : { teeth: before.teeth ?? [] }
}
