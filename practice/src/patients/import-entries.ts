/**
 * Many patients and entries at once, for imports and samples: the same rows, hashes and checks as one at a time, several thousand in a
 * transaction. The journal has one entry a batch, with a digest of all hashes (`version-hash.ts`).
 *
 * A batch is written whole or not at all; those before it stay. Ids are the caller's where it gives them, so that an import that goes on after
 * a crash can tell what is there.
 */
import { randomBytes } from 'node:crypto'
import { setImmediate as othersTurn } from 'node:timers/promises'
import type { Insertable } from 'kysely'
import { insertMany, instantText, newId, type Tables, type Tx } from '#database'
import { ConflictError, InvalidInputError } from '#errors'
import { recordEvent } from '#journal'
import type { Actor, OpenPractice } from '#open-practice'
import type { Identity } from './kinds/identity.ts'
import { bodyFacts, type EntryContent, parseBody } from './kinds/index.ts'
import type { Link } from './kinds/kind.ts'
import { idSchema } from './kinds/parts.ts'
import { markToCompare } from './mark-to-compare.ts'
import { identityColumns, translatingTaken } from './project-identity.ts'
import { isLinkRight, type LinkedRow } from './references.ts'
import { indexPatients, type PatientWords } from './search/index.ts'
import { digestVersions, FIRST_PREVIOUS_VERSION_HASH, type StoredVersion } from './version-hash.ts'
import { wordsOf } from './words-of.ts'
import { makeVersion, shownColumns } from './write.ts'

/** What a version's source begins with when it came in a batch; the batch's id and the caller's words follow. */
export const IMPORT_SOURCE = 'import:'

export interface ImportedPatient {
  readonly id?: string
  readonly identity: Identity
}

export type ImportedEntry = EntryContent & {
  readonly id?: string
  readonly patientId: string
  /** of a personal note: the account of its author; absent: the importing one */
  readonly onlyFor?: string
}

export interface ImportBatch {
  /** where it comes from, in a few words: `sample`, the name of a file or of a profile */
  readonly source: string
  readonly patients: readonly ImportedPatient[]
  /** of patients in this batch, or that are there already */
  readonly entries: readonly ImportedEntry[]
  /** what belongs to it and is written in the same transaction */
  readonly within?: (tx: Tx) => Promise<void>
}

export interface ImportSummary {
  readonly batches: number
  readonly patients: number
  readonly entries: number
}

export interface ImportOptions {
  readonly onProgress?: (soFar: ImportSummary) => void
  readonly signal?: AbortSignal
}

/** Bodies, links and rows of one batch are in memory at once. */
export const BATCH_ENTRIES_MAX = 20_000
const IDS_A_STATEMENT = 500

/**
 * Writes batches in their order, each in a transaction of its own.
 *
 * @param actor who answers for it: every version names them
 * @throws {InvalidInputError} for a batch with a body that is none, or that names what is not there; {@link ConflictError} for a file number or
 * an id that is taken. Batches before it stay.
 */
export async function importEntries(
  practice: OpenPractice,
  actor: Actor,
  batches: Iterable<ImportBatch> | AsyncIterable<ImportBatch>,
  options: ImportOptions = {},
): Promise<ImportSummary> {
  let soFar: ImportSummary = { batches: 0, patients: 0, entries: 0 }
  for await (const batch of batches) {
    options.signal?.throwIfAborted()
    const made = prepare(practice, actor, batch)
    await translatingTaken(
      () =>
        practice.db.transaction().execute(async (tx) => {
          await write(tx, practice, actor, made)
          await batch.within?.(tx)
        }),
      'a file number or an id of the batch is taken',
    )
    soFar = {
      batches: soFar.batches + 1,
      patients: soFar.patients + made.patients.length,
      entries: soFar.entries + batch.entries.length,
    }
    options.onProgress?.(soFar)
    // The embedded database answers at once, and what waits for answers alone gives way to nobody: not to a request, not to a timer.
    await othersTurn()
  }
  return soFar
}

interface PreparedBatch {
  readonly id: string
  readonly patients: readonly Insertable<Tables['patient']>[]
  readonly words: readonly PatientWords[]
  readonly rows: readonly Insertable<Tables['record_entry']>[]
  readonly versions: readonly StoredVersion[]
  /** what must be there, with the patient in whose record */
  readonly links: readonly { readonly patientId: string; readonly link: Link; readonly from: string }[]
  /** patients whom related persons are */
  readonly relatedPatients: ReadonlySet<string>
  readonly practitionerIds: ReadonlySet<string>
  /** accounts that alone see some of it */
  readonly authorIds: ReadonlySet<string>
}

/** All that needs no database: checks, rows, hashes. */
function prepare(practice: OpenPractice, actor: Actor, batch: ImportBatch): PreparedBatch {
  if (batch.entries.length + batch.patients.length > BATCH_ENTRIES_MAX)
    throw new InvalidInputError(`a batch has at most ${BATCH_ENTRIES_MAX} entries`)
  const batchId = newId()
  const now = instantText(practice.now())
  const patients: Insertable<Tables['patient']>[] = []
  const words: PatientWords[] = []
  const rows: Insertable<Tables['record_entry']>[] = []
  const versions: StoredVersion[] = []
  const links: { patientId: string; link: Link; from: string }[] = []
  const relatedPatients = new Set<string>()
  const practitionerIds = new Set<string>()
  const authorIds = new Set<string>()
  const salts = randomBytes(16 * (batch.patients.length + batch.entries.length))

  const add = (id: string, patientId: string, { kind, body }: EntryContent, author = actor.accountId) => {
    if (!idSchema.safeParse(id).success) throw badId()
    const parsed = parseBody(kind, body)
    const facts = bodyFacts(kind, parsed)
    const version = makeVersion({
      entry_id: id,
      version: 1,
      practice_id: practice.id,
      patient_id: patientId,
      kind,
      state: 'current',
      body: JSON.stringify(parsed),
      body_salt: salts.toString('hex', versions.length * 16, versions.length * 16 + 16),
      recorded_at: now,
      recorded_by: actor.accountId,
      reason: null,
      source: `${IMPORT_SOURCE}${batchId} ${batch.source}`,
      previous_hash: FIRST_PREVIOUS_VERSION_HASH,
    })
    versions.push(version)
    rows.push({
      id,
      practice_id: practice.id,
      patient_id: patientId,
      kind,
      version: 1,
      created_at: now,
      only_for: facts.isPersonal ? author : null,
      ...shownColumns(version, facts),
    })
    if (facts.isPersonal) authorIds.add(author)
    for (const link of facts.links) links.push({ patientId, link, from: id })
    for (const other of facts.patients) relatedPatients.add(other)
    if (facts.practitionerId !== undefined) practitionerIds.add(facts.practitionerId)
    return parsed
  }

  for (const { id = newId(), identity } of batch.patients) {
    if (!idSchema.safeParse(id).success) throw badId()
    const identityId = newId()
    const parsed = add(identityId, id, { kind: 'identity', body: identity }) as Identity
    const found = wordsOf(id, parsed)
    words.push(found)
    patients.push({
      id,
      practice_id: practice.id,
      identity_id: identityId,
      created_at: now,
      changed_at: now,
      ...identityColumns(parsed, found.sortName),
    })
  }
  for (const entry of batch.entries) {
    if (entry.kind === 'identity') throw new InvalidInputError('an identity comes with its patient')
    add(entry.id ?? newId(), entry.patientId, entry, entry.onlyFor)
  }
  return { id: batchId, patients, words, rows, versions, links, relatedPatients, practitionerIds, authorIds }
}

async function write(tx: Tx, practice: OpenPractice, actor: Actor, batch: PreparedBatch): Promise<void> {
  await insertMany(tx, 'patient', batch.patients)
  await requirePatients(tx, practice.id, batch)
  await requirePractitioners(tx, practice.id, batch.practitionerIds)
  await requireAccounts(tx, practice.id, batch.authorIds)
  await insertMany(tx, 'record_entry', batch.rows)
  await insertMany(tx, 'record_version', batch.versions)
  await requireLinks(tx, practice.id, batch.links)
  await indexPatients(tx, practice.id, batch.words)
  await markToCompare(
    tx,
    practice.id,
    practice.now(),
    batch.words.map(({ id }) => id),
  )
  await recordEvent(tx, practice.id, actor, practice.now(), {
    action: 'records.imported',
    subject: `batch:${batch.id}`,
    details: {
      patients: batch.patients.length,
      entries: batch.versions.length,
      digest: digestVersions(batch.versions.map(({ hash }) => hash)),
    },
  })
}

function badId(): InvalidInputError {
  return new InvalidInputError('an id of the batch has characters that no id has, or is longer')
}

async function requirePatients(tx: Tx, practiceId: string, batch: PreparedBatch): Promise<void> {
  const made = new Set(batch.patients.map(({ id }) => id))
  const named = new Set([...batch.rows.map((row) => row.patient_id), ...batch.relatedPatients])
  const others = [...named].filter((id) => !made.has(id))
  const known = new Set<string>()
  for (const ids of chunks(others)) {
    const rows = await tx
      .selectFrom('patient')
      .select('id')
      .where('practice_id', '=', practiceId)
      .where('id', 'in', ids)
      .execute()
    for (const { id } of rows) known.add(id)
  }
  refuseMissing('patients', others.length - known.size)
}

async function requirePractitioners(tx: Tx, practiceId: string, ids: ReadonlySet<string>): Promise<void> {
  if (ids.size === 0) return
  const rows = await tx.selectFrom('practitioner').select('id').where('practice_id', '=', practiceId).execute()
  const known = new Set(rows.map(({ id }) => id))
  refuseMissing('practitioners', [...ids].filter((id) => !known.has(id)).length)
}

async function requireAccounts(tx: Tx, practiceId: string, ids: ReadonlySet<string>): Promise<void> {
  if (ids.size === 0) return
  const rows = await tx.selectFrom('account').select('id').where('practice_id', '=', practiceId).execute()
  const known = new Set(rows.map(({ id }) => id))
  refuseMissing('accounts', [...ids].filter((id) => !known.has(id)).length)
}

/** After the batch's own entries are there: a link may lead to one of them. */
async function requireLinks(tx: Tx, practiceId: string, links: PreparedBatch['links']): Promise<void> {
  const known = new Map<string, LinkedRow>()
  for (const ids of chunks([...new Set(links.map(({ link }) => link.id))])) {
    const rows = await tx
      .selectFrom('record_entry')
      .select(['id', 'patient_id', 'kind', 'only_for'])
      .where('practice_id', '=', practiceId)
      .where('id', 'in', ids)
      .execute()
    for (const row of rows) known.set(row.id, row)
  }
  const wrong = links.filter(
    ({ patientId, link, from }) => link.id === from || !isLinkRight(link, [patientId], known.get(link.id)),
  )
  if (wrong.length > 0)
    throw new InvalidInputError(`the batch links to ${wrong.length} entries that are not in the same record, or of another kind`)
}

function refuseMissing(what: string, count: number): void {
  if (count > 0) throw new InvalidInputError(`the batch names ${count} ${what} that are not there`)
}

function* chunks<T>(values: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < values.length; at += IDS_A_STATEMENT) yield values.slice(at, at + IDS_A_STATEMENT)
}
