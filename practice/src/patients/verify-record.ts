/** Computing a record's hashes anew: is each version as it was written, is none missing, and does the journal say the same. */
import { z } from 'zod'
import type { Db, Tables } from '#database'
import { IMPORT_SOURCE } from './import-entries.ts'
import { type BodyOf, bodyFacts, isEntryKind, parseBody } from './kinds/index.ts'
import { identityColumns } from './project-identity.ts'
import { sortNameOf } from './search/index.ts'
import type { Reading } from './store.ts'
import { importedEntries, loadVersions } from './stored-versions.ts'
import { digestVersions, FIRST_PREVIOUS_VERSION_HASH, hashBody, hashVersion, type StoredVersion } from './version-hash.ts'
import { shownColumns } from './write.ts'

export const RECORD_BREAKS = ['changed', 'unlinked', 'gap', 'newest', 'journal', 'batch'] as const
/**
 * changed: a version is not what its hash says. unlinked: it does not follow from the one before. gap: a version is missing. newest: what
 * lists show, hide or search is not what the last version says. journal: the journal never heard of the version, or has another hash for it.
 * batch: the import with which the version came is no longer all that it was, in this record or in another.
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

/**
 * Reads the whole record of a patient; some thousand versions.
 *
 * @param accountId who asks: others' personal notes are verified, and not counted, since nobody else may know that they are there. Where one
 * does not hold, its id is told all the same
 */
export async function verifyRecord(db: Db, practiceId: string, patientId: string, accountId?: string): Promise<RecordVerdict> {
  const entries = await db
    .selectFrom('record_entry')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('patient_id', '=', patientId)
    .execute()
  const patient = await db
    .selectFrom('patient')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('id', '=', patientId)
    .executeTakeFirst()
  const hashes = await journaledHashes(db, practiceId, patientId)
  const versions = await loadVersions(db, practiceId, patientId, [
    ...entries.map(({ id }) => id),
    ...[...hashes.values()].map(({ entryId }) => entryId),
    ...(await importedEntries(db, practiceId, patientId)),
  ])
  const chains = Map.groupBy(versions, (version) => version.entry_id)
  const journaled = { hashes, batches: await journaledBatches(db, practiceId, versions) }
  const breaks = [
    ...[...chains.values()].flatMap((chain) => checkChain(chain)),
    ...entries
      .filter((entry) => !isShownAsWritten(entry, chains.get(entry.id)?.at(-1)))
      .map(({ id, version }) => ({ kind: 'newest' as const, entryId: id, version })),
    ...checkPatient(patient, chains),
    ...checkShown(chains, new Set(entries.map(({ id }) => id))),
    ...checkJournal(versions, journaled),
    ...checkMissing(versions, journaled),
    ...(await checkBatches(db, practiceId, versions)),
  ]
  const notes = entries.filter(({ only_for }) => accountId !== undefined && only_for !== null && only_for !== accountId)
  const hidden = new Set(notes.map(({ id }) => id))
  const counted = versions.filter(({ entry_id }) => !hidden.has(entry_id))
  return {
    entries: new Set(counted.map(({ entry_id }) => entry_id)).size,
    versions: counted.length,
    destroyed: counted.filter(({ body }) => body === null).length,
    breaks: unique(breaks),
  }
}

/** A record with those that are shown within it. */
export async function verifyParts({ db, practiceId, access }: Reading, accountId: string): Promise<RecordVerdict> {
  const verdicts: RecordVerdict[] = []
  for (const part of access.parts) verdicts.push(await verifyRecord(db, practiceId, part, accountId))
  const sum = (count: (verdict: RecordVerdict) => number) => verdicts.reduce((total, each) => total + count(each), 0)
  return {
    entries: sum(({ entries }) => entries),
    versions: sum(({ versions }) => versions),
    destroyed: sum(({ destroyed }) => destroyed),
    breaks: verdicts.flatMap(({ breaks }) => breaks),
  }
}

/** A version that is missing from its chain is missing for the journal too. */
function unique(breaks: readonly RecordBreak[]): RecordBreak[] {
  return [...new Map(breaks.map((each) => [`${each.kind} ${each.entryId} ${each.version}`, each])).values()]
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

/** Whoever changes an entry's row hides it, or opens it to others, without touching a version. */
function isShownAsWritten(entry: Tables['record_entry'], newest: StoredVersion | undefined): boolean {
  if (newest?.version !== entry.version || newest.kind !== entry.kind || newest.state !== entry.state) return false
  if (newest.body === null || !isEntryKind(newest.kind)) return true
  try {
    const facts = bodyFacts(newest.kind, parseBody(newest.kind, JSON.parse(newest.body)))
    const shown = Object.entries(shownColumns(newest, facts))
    return (
      facts.isPersonal === (entry.only_for !== null) &&
      shown.every(([name, value]) => entry[name as keyof typeof entry] === value)
    )
  } catch {
    return false
  }
}

/** The patient's row is drawn from the identity. */
function checkPatient(
  patient: Tables['patient'] | undefined,
  chains: ReadonlyMap<string, readonly StoredVersion[]>,
): readonly RecordBreak[] {
  if (patient === undefined) return []
  const newest = chains.get(patient.identity_id)?.at(-1)
  const note = [{ kind: 'newest' as const, entryId: patient.identity_id, version: newest?.version ?? 0 }]
  if (newest?.kind !== 'identity') return note
  if (newest.body === null) return []
  const identity = JSON.parse(newest.body) as BodyOf<'identity'>
  const drawn = Object.entries(identityColumns(identity, sortNameOf(identity)))
  return drawn.every(([name, value]) => patient[name as keyof typeof patient] === value) ? [] : note
}

/** Versions of which the journal tells and that are nowhere. */
function checkMissing(versions: readonly StoredVersion[], { hashes }: Journaled): RecordBreak[] {
  const there = new Set(versions.map(({ entry_id, version }) => `${entry_id} ${version}`))
  return [...hashes].filter(([key]) => !there.has(key)).map(([, { entryId, version }]) => ({ kind: 'gap', entryId, version }))
}

interface JournaledVersion {
  readonly entryId: string
  readonly version: number
  readonly hash: string
}

interface Journaled {
  /** of versions, by entry and number */
  readonly hashes: ReadonlyMap<string, JournaledVersion>
  /** imports that the journal knows */
  readonly batches: ReadonlySet<string>
}

/** An import is told to the journal by the batch, whose digest {@link verifyImport} compares; all else by the version. */
function checkJournal(versions: readonly StoredVersion[], { hashes, batches }: Journaled): RecordBreak[] {
  return versions
    .filter(({ entry_id, version, hash, source }) => {
      const told = hashes.get(`${entry_id} ${version}`)
      return told === undefined ? !batches.has(batchOf(source) ?? '') : told.hash !== hash
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

/** The journal has one digest for all that a batch wrote: it vouches for each of its versions only while all of them are there. */
async function checkBatches(db: Db, practiceId: string, versions: readonly StoredVersion[]): Promise<RecordBreak[]> {
  const firstOf = new Map(
    versions.toReversed().flatMap((version) => {
      const batchId = batchOf(version.source)
      return batchId === undefined ? [] : [[batchId, version] as const]
    }),
  )
  const breaks: RecordBreak[] = []
  for (const [batchId, { entry_id, version }] of firstOf)
    if ((await verifyImport(db, practiceId, batchId)) === false) breaks.push({ kind: 'batch', entryId: entry_id, version })
  return breaks
}

const WRITTEN = [
  'patient.created',
  'record.changed',
  'record.corrected',
  'record.withdrawn',
  'record.restored',
  'document.added',
  'study.attached',
] as const
const detailsSchema = z.object({ version: z.int(), hash: z.string() })

async function journaledHashes(db: Db, practiceId: string, patientId: string): Promise<Journaled['hashes']> {
  const rows = await db
    .selectFrom('journal_entry')
    .select(['subject', 'details'])
    .where('practice_id', '=', practiceId)
    .where('patient_id', '=', patientId)
    .where('action', 'in', WRITTEN)
    .execute()
  const told = new Map<string, JournaledVersion>()
  for (const { subject, details } of rows) {
    const parsed = detailsSchema.safeParse(JSON.parse(details))
    const entryId = subject?.split(':').at(1)
    if (parsed.success && entryId !== undefined) told.set(`${entryId} ${parsed.data.version}`, { entryId, ...parsed.data })
  }
  return told
}

const importSchema = z.object({ digest: z.string(), entries: z.int() })

/**
 * Whether a batch of an import is still all that it was when it was written. Reads the hashes of the batch, twenty thousand at most.
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
    // All that begins with the batch and a room: `!` is the character after it.
    .where('source', '>=', `${IMPORT_SOURCE}${batchId} `)
    .where('source', '<', `${IMPORT_SOURCE}${batchId}!`)
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
