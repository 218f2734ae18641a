/** Computing a record's hashes anew: is each version as it was written, is none missing, and does the journal say the same. */
import { z } from 'zod'
import type { Db } from '#database'
import { IMPORT_SOURCE } from './import-entries.ts'
import { digestVersions, FIRST_PREVIOUS_VERSION_HASH, hashBody, hashVersion, type StoredVersion } from './version-hash.ts'

export const RECORD_BREAKS = ['changed', 'unlinked', 'gap', 'newest', 'journal'] as const
/**
 * changed: a version is not what its hash says. unlinked: it does not follow from the one before. gap: a version is missing. newest: what is
 * shown is not the last version. journal: the journal never heard of the version, or has another hash for it.
 */
export type RecordBreakKind = (typeof RECORD_BREAKS)[number]

export interface RecordBreak {
  readonly kind: RecordBreakKind
  readonly entryId: string
  readonly version: number
}

export interface RecordVerdict {
  readonly entries: number
  readonly versions: number
  /** bodies that were lawfully destroyed: their hashes hold, their text is gone */
  readonly destroyed: number
  /** empty: whole */
  readonly breaks: readonly RecordBreak[]
}

/** Reads the whole record of a patient; some thousand versions. */
export async function verifyRecord(db: Db, practiceId: string, patientId: string): Promise<RecordVerdict> {
  const versions = await db
    .selectFrom('record_version')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('patient_id', '=', patientId)
    .orderBy('entry_id')
    .orderBy('version')
    .execute()
  const entries = await db
    .selectFrom('record_entry')
    .select(['id', 'version'])
    .where('practice_id', '=', practiceId)
    .where('patient_id', '=', patientId)
    .execute()
  const chains = Map.groupBy(versions, (version) => version.entry_id)
  const journaled = {
    hashes: await journaledHashes(db, practiceId, patientId),
    batches: await journaledBatches(db, practiceId, versions),
  }
  const breaks = [
    ...[...chains.values()].flatMap((chain) => checkChain(chain)),
    ...entries.flatMap(({ id, version }) =>
      chains.get(id)?.at(-1)?.version === version ? [] : [{ kind: 'newest' as const, entryId: id, version }],
    ),
    ...checkShown(chains, new Set(entries.map(({ id }) => id))),
    ...checkJournal(versions, journaled),
  ]
  return {
    entries: chains.size,
    versions: versions.length,
    destroyed: versions.filter(({ body }) => body === null).length,
    breaks,
  }
}

/** One entry's versions, oldest first. */
function checkChain(chain: readonly StoredVersion[]): RecordBreak[] {
  const breaks: RecordBreak[] = []
  let last = { version: 0, hash: FIRST_PREVIOUS_VERSION_HASH }
  for (const version of chain) {
    const note = (kind: RecordBreakKind, at = version.version) =>
      void breaks.push({ kind, entryId: version.entry_id, version: at })
    if (version.version !== last.version + 1) note('gap', last.version + 1)
    else if (version.previous_hash !== last.hash) note('unlinked')
    if (!isAsWritten(version)) note('changed')
    last = version
  }
  return breaks
}

function isAsWritten(version: StoredVersion): boolean {
  const { body, body_salt, body_hash, hash } = version
  const isBody = body === null ? body_salt === null : hashBody(body_salt ?? '', body) === body_hash
  return isBody && hashVersion(version) === hash
}

/** Versions whose entry is shown nowhere. */
function checkShown(chains: ReadonlyMap<string, readonly StoredVersion[]>, shown: ReadonlySet<string>): RecordBreak[] {
  return [...chains]
    .filter(([entryId]) => !shown.has(entryId))
    .map(([entryId, chain]) => ({ kind: 'newest', entryId, version: chain.at(-1)?.version ?? 0 }))
}

interface Journaled {
  /** of versions, by entry and number */
  readonly hashes: ReadonlyMap<string, string>
  /** imports that the journal knows */
  readonly batches: ReadonlySet<string>
}

/** An import is told to the journal by the batch, whose digest {@link verifyImport} compares; all else by the version. */
function checkJournal(versions: readonly StoredVersion[], { hashes, batches }: Journaled): RecordBreak[] {
  return versions
    .filter(({ entry_id, version, hash, source }) => {
      const told = hashes.get(`${entry_id} ${version}`)
      return told === undefined ? !batches.has(batchOf(source) ?? '') : told !== hash
    })
    .map(({ entry_id, version }) => ({ kind: 'journal', entryId: entry_id, version }))
}

/** The batch in which a version came; undefined when it came alone. */
function batchOf(source: string | null): string | undefined {
  return source?.startsWith(IMPORT_SOURCE) ? source.slice(IMPORT_SOURCE.length).split(' ', 1)[0] : undefined
}

async function journaledBatches(db: Db, practiceId: string, versions: readonly StoredVersion[]): Promise<ReadonlySet<string>> {
  const ids = new Set(versions.flatMap(({ source }) => batchOf(source) ?? []))
  const told = new Set<string>()
  for (const id of ids) if ((await findImport(db, practiceId, id)) !== undefined) told.add(id)
  return told
}

const WRITTEN = [
  'patient.created',
  'record.changed',
  'record.corrected',
  'record.withdrawn',
  'record.restored',
  'document.added',
] as const
const detailsSchema = z.object({ version: z.int(), hash: z.string() })

async function journaledHashes(db: Db, practiceId: string, patientId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('journal_entry')
    .select(['subject', 'details'])
    .where('practice_id', '=', practiceId)
    .where('patient_id', '=', patientId)
    .where('action', 'in', WRITTEN)
    .execute()
  const told = new Map<string, string>()
  for (const { subject, details } of rows) {
    const parsed = detailsSchema.safeParse(JSON.parse(details))
    const entryId = subject?.split(':').at(1)
    if (parsed.success && entryId !== undefined) told.set(`${entryId} ${parsed.data.version}`, parsed.data.hash)
  }
  return told
}

const importSchema = z.object({ digest: z.string(), entries: z.int() })

/**
 * Whether a batch of an import is still all that it was when it was written. Reads every version of the practice once.
 *
 * @returns undefined when the journal knows no such batch
 */
export async function verifyImport(db: Db, practiceId: string, batchId: string): Promise<boolean | undefined> {
  const told = await findImport(db, practiceId, batchId)
  if (told === undefined) return undefined
  const { digest, entries } = importSchema.parse(JSON.parse(told.details))
  const rows = await db
    .selectFrom('record_version')
    .select('hash')
    .where('practice_id', '=', practiceId)
    .where('source', 'like', `${IMPORT_SOURCE}${batchId} %`)
    .execute()
  return rows.length === entries && digestVersions(rows.map(({ hash }) => hash)) === digest
}

function findImport(db: Db, practiceId: string, batchId: string): Promise<{ details: string } | undefined> {
  return db
    .selectFrom('journal_entry')
    .select('details')
    .where('practice_id', '=', practiceId)
    .where('action', '=', 'records.imported')
    .where('subject', '=', `batch:${batchId}`)
    .executeTakeFirst()
}
