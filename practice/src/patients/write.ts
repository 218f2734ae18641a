/**
 * Writing to a record. Nothing is overwritten: each change is a version, chained to the one before, in one transaction with the row that
 * lists show, the patient's row and words where the identity changed, and the journal, which keeps the version's hash.
 *
 * Two who correct at once: one wins, the other gets a conflict.
 */
import { randomBytes } from 'node:crypto'
import { instantText, newId } from '#database'
import { ConflictError, InvalidInputError, NotFoundError } from '#errors'
import { requireRead, requireWrite } from './access.ts'
import { loadAccess } from './access-store.ts'
import { type BodyFacts, type BodyOf, bodyFacts, type EntryKind, fixedMembers, isEntryKind, parseBody } from './kinds/index.ts'
import { projectIdentity } from './project-identity.ts'
import { checkReferences } from './references.ts'
import { FIRST_PREVIOUS_VERSION_HASH, hashBody, hashVersion, type StoredVersion } from './version-hash.ts'
import type { Writing } from './writing.ts'

export interface AddedEntry<K extends EntryKind = EntryKind> {
  readonly patientId: string
  readonly kind: K
  readonly body: BodyOf<K>
  /** where it comes from when nobody typed it */
  readonly source?: string
}

export interface WrittenEntry {
  readonly id: string
  readonly version: number
  readonly hash: string
}

/**
 * Adds an entry to the record that is named, though it be joined to another. Its body is checked once more, and that whatever it names is there.
 *
 * @throws {NotFoundError} no such patient
 * @throws {BreakGlassNeededError} or {NotAllowedError} when this account may not write it
 * @throws {InvalidInputError} it names a practitioner or an entry that is not there
 */
export async function addEntry<K extends EntryKind>(writing: Writing, added: AddedEntry<K>): Promise<WrittenEntry> {
  const { patientId, kind, source } = added
  if (kind === 'identity') throw new InvalidInputError('an identity is made with its patient, and corrected after that')
  const body = parseBody(kind, added.body)
  const facts = bodyFacts(kind, body)
  const access = await accessIn(writing, patientId)
  requireWrite(access, facts.class)
  await checkReferences(writing, access.parts, facts)
  const written = await insertFirst(writing, { id: newId(), patientId, kind, body, facts, source })
  await writing.record({ action: 'record.changed', patientId, ...told(kind, written) })
  return written
}

/** The rows of an entry's first version. Neither access nor the journal is seen to: the callers do both. */
export async function insertFirst<K extends EntryKind>(
  writing: Writing,
  first: {
    readonly id: string
    readonly patientId: string
    readonly kind: K
    readonly body: BodyOf<K>
    readonly facts: BodyFacts
    readonly source?: string | undefined
  },
): Promise<WrittenEntry> {
  const version = nextVersion(writing, {
    entryId: first.id,
    patientId: first.patientId,
    kind: first.kind,
    body: JSON.stringify(first.body),
    source: first.source ?? null,
  })
  await writing.tx
    .insertInto('record_entry')
    .values({
      id: first.id,
      practice_id: writing.practiceId,
      patient_id: first.patientId,
      kind: first.kind,
      version: 1,
      created_at: version.recorded_at,
      only_for: first.facts.isPersonal ? writing.actor.accountId : null,
      ...shownColumns(version, first.facts),
    })
    .execute()
  await writing.tx.insertInto('record_version').values(version).execute()
  return { id: first.id, version: 1, hash: version.hash }
}

/** Who wrote what a device sent, or the program found by itself. No account has this id. */
export const PROGRAM = 'program'

/**
 * An entry that nobody typed: a device sent it. Nobody's rights are asked for, and who answers is the program; the caller writes to the journal.
 *
 * @param writing its `actor` is not looked at
 */
export async function addUnasked<K extends EntryKind>(
  writing: Pick<Writing, 'tx' | 'practiceId' | 'now'>,
  { patientId, kind, body: raw, source }: AddedEntry<K>,
): Promise<WrittenEntry> {
  const body = parseBody(kind, raw)
  const facts = bodyFacts(kind, body)
  return insertFirst({ ...writing, ...BY_PROGRAM }, { id: newId(), patientId, kind, body, facts, source })
}

/**
 * Writes the program's own next version of an entry that no person has touched since.
 *
 * @returns undefined when a person has, or it says the same
 */
export async function correctUnasked<K extends EntryKind>(
  writing: Pick<Writing, 'tx' | 'practiceId' | 'now'>,
  {
    entryId,
    kind,
    body: raw,
    reason,
  }: { readonly entryId: string; readonly kind: K; readonly body: BodyOf<K>; readonly reason: string },
): Promise<WrittenEntry | undefined> {
  const newest = await writing.tx
    .selectFrom('record_version')
    .selectAll()
    .where('practice_id', '=', writing.practiceId)
    .where('entry_id', '=', entryId)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (newest === undefined || newest.recorded_by !== PROGRAM || newest.state !== 'current') return undefined
  const body = parseBody(kind, raw)
  const text = JSON.stringify(body)
  if (text === newest.body) return undefined
  const full = { ...writing, ...BY_PROGRAM }
  const { patient_id: patientId, source } = newest
  const version = nextVersion(full, { entryId, patientId, kind, body: text, reason, source, previous: newest })
  await advance(full, version, shownColumns(version, bodyFacts(kind, body)))
  return { id: entryId, version: version.version, hash: version.hash }
}

const BY_PROGRAM: Pick<Writing, 'actor' | 'record'> = {
  actor: { accountId: PROGRAM, role: 'auditor', address: 'program' },
  record: async () => {},
}

export interface Correction {
  readonly patientId: string
  readonly entryId: string
  /** the version that was read before it was corrected */
  readonly expectedVersion: number
  readonly kind: EntryKind
  readonly body: unknown
  readonly reason: string
  /** where it comes from when nobody typed it */
  readonly source?: string
}

/**
 * Writes a new version beside the old one, in the record in which the entry was written.
 *
 * @throws {ConflictError} somebody else has changed or withdrawn it since
 * @throws as {@link addEntry}
 */
export async function correctEntry(writing: Writing, correction: Correction): Promise<WrittenEntry> {
  const { entryId, kind, reason, source } = correction
  const newest = await newestVersion(writing, correction)
  const patientId = newest.patient_id
  if (newest.kind !== kind) throw new InvalidInputError(`the entry is of the kind ${newest.kind}`)
  const body = parseBody(kind, correction.body)
  const facts = bodyFacts(kind, body)
  checkFixed(kind, body, newest.body)
  const access = await accessIn(writing, patientId)
  requireWrite(access, facts.class)
  await checkReferences(writing, access.parts, facts, entryId)
  const version = nextVersion(writing, {
    entryId,
    patientId,
    kind,
    body: JSON.stringify(body),
    reason,
    source: source ?? null,
    previous: newest,
  })
  await advance(writing, version, shownColumns(version, facts))
  if (kind === 'identity') await projectIdentity(writing, patientId, body as BodyOf<'identity'>)
  const written = { id: entryId, version: version.version, hash: version.hash }
  await writing.record({ action: 'record.corrected', patientId, reason, ...told(kind, written) })
  return written
}

/**
 * Takes an entry out of what is shown; every version stays.
 *
 * @throws {InvalidInputError} for an identity: a patient cannot be without
 * @throws as {@link correctEntry}
 */
export async function withdrawEntry(
  writing: Writing,
  withdrawal: Omit<Correction, 'kind' | 'body' | 'source'>,
): Promise<WrittenEntry> {
  const { entryId, reason } = withdrawal
  const newest = await newestVersion(writing, withdrawal)
  const { kind, patient_id: patientId } = newest
  if (kind === 'identity') throw new InvalidInputError('an identity can be corrected, not withdrawn')
  const version = nextVersion(writing, {
    entryId,
    patientId,
    kind,
    body: newest.body,
    reason,
    previous: newest,
    state: 'withdrawn',
  })
  await advance(writing, version, { state: 'withdrawn', changed_at: version.recorded_at })
  const written = { id: entryId, version: version.version, hash: version.hash }
  await writing.record({ action: 'record.withdrawn', patientId, reason, ...told(kind, written) })
  return written
}

/**
 * Brings a withdrawn entry back as it was, in a version of its own; that it was withdrawn stays among the versions.
 *
 * @throws {ConflictError} it is not withdrawn, or somebody else was quicker
 * @throws as {@link correctEntry}
 */
export async function restoreEntry(
  writing: Writing,
  restoration: Omit<Correction, 'kind' | 'body' | 'source'>,
): Promise<WrittenEntry> {
  const { entryId, reason } = restoration
  const newest = await newestVersion(writing, restoration, 'withdrawn')
  const { kind, body, patient_id: patientId } = newest
  const facts = bodyFacts(kind, parseBody(kind, JSON.parse(body)))
  const version = nextVersion(writing, { entryId, patientId, kind, body, reason, previous: newest })
  await advance(writing, version, shownColumns(version, facts))
  const written = { id: entryId, version: version.version, hash: version.hash }
  await writing.record({ action: 'record.restored', patientId, reason, ...told(kind, written) })
  return written
}

/** The version to go on from. Whoever may not see the entry learns nothing of it. */
async function newestVersion(
  writing: Writing,
  { patientId, entryId, expectedVersion }: Pick<Correction, 'patientId' | 'entryId' | 'expectedVersion'>,
  state: 'current' | 'withdrawn' = 'current',
): Promise<StoredVersion & { readonly kind: EntryKind; readonly body: string }> {
  const { tx, practiceId, actor } = writing
  const access = await accessIn(writing, patientId)
  const entry = await tx
    .selectFrom('record_entry')
    .select(['version', 'state', 'class', 'only_for'])
    .where('id', '=', entryId)
    .where('practice_id', '=', practiceId)
    .where('patient_id', 'in', [...access.parts])
    .executeTakeFirst()
  if (entry === undefined || (entry.only_for !== null && entry.only_for !== actor.accountId))
    throw new NotFoundError('there is no such entry')
  requireRead(access, entry.class)
  requireWrite(access, entry.class)
  if (entry.version !== expectedVersion && entry.state === state) throw changedMeanwhile(entry.version)
  if (entry.state !== state)
    throw new ConflictError(state === 'current' ? 'the entry was withdrawn' : 'the entry is not withdrawn', {
      about: { version: entry.version },
    })
  const newest = await tx
    .selectFrom('record_version')
    .selectAll()
    .where('entry_id', '=', entryId)
    .where('version', '=', entry.version)
    .where('practice_id', '=', practiceId)
    .executeTakeFirstOrThrow()
  const { kind, body } = newest
  if (body === null) throw new ConflictError('what it said was lawfully destroyed')
  if (!isEntryKind(kind)) throw new InvalidInputError('this version of Couronne does not know this kind of entry')
  return { ...newest, kind, body }
}

function changedMeanwhile(version: number): ConflictError {
  return new ConflictError('somebody else has changed this entry since it was read', { about: { version } })
}

interface VersionContent {
  readonly entryId: string
  readonly patientId: string
  readonly kind: EntryKind
  readonly body: string
  readonly reason?: string
  readonly source?: string | null
  readonly state?: 'current' | 'withdrawn'
  readonly previous?: Pick<StoredVersion, 'version' | 'hash'>
}

function nextVersion({ practiceId, actor, now }: Writing, content: VersionContent): StoredVersion {
  return makeVersion({
    entry_id: content.entryId,
    version: (content.previous?.version ?? 0) + 1,
    practice_id: practiceId,
    patient_id: content.patientId,
    kind: content.kind,
    state: content.state ?? 'current',
    body: content.body,
    body_salt: randomBytes(16).toString('hex'),
    recorded_at: instantText(now),
    recorded_by: actor.accountId,
    reason: content.reason ?? null,
    source: content.source ?? null,
    previous_hash: content.previous?.hash ?? FIRST_PREVIOUS_VERSION_HASH,
  })
}

/** The version with its hashes. */
export function makeVersion(
  version: Omit<StoredVersion, 'hash' | 'body_hash'> & { readonly body: string; readonly body_salt: string },
): StoredVersion {
  const hashed = { ...version, body_hash: hashBody(version.body_salt, version.body) }
  return { ...hashed, hash: hashVersion(hashed) }
}

/** What of an entry's row is drawn from its newest version. */
export function shownColumns(version: StoredVersion, facts: BodyFacts) {
  return {
    state: version.state,
    about_on: facts.on ?? null,
    practitioner_id: facts.practitionerId ?? null,
    code: facts.code ?? null,
    class: facts.class,
    changed_at: version.recorded_at,
  }
}

/** Moves the entry on to a version, unless somebody else was quicker: both write, one finds its expected version gone. */
async function advance(
  { tx, practiceId }: Writing,
  version: StoredVersion,
  shown: Partial<ReturnType<typeof shownColumns>>,
): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('record_entry')
    .set({ ...shown, version: version.version })
    .where('id', '=', version.entry_id)
    .where('practice_id', '=', practiceId)
    .where('version', '=', version.version - 1)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw changedMeanwhile(version.version)
  await tx.insertInto('record_version').values(version).execute()
}

function checkFixed(kind: EntryKind, body: unknown, before: string): void {
  const old = JSON.parse(before) as Record<string, unknown>
  const changed = fixedMembers(kind).filter((name) => (body as Record<string, unknown>)[name] !== old[name])
  if (changed.length === 0) return
  const fields = changed.map((name) => ({
    path: `body.${name}`,
    problem: 'fixed',
    message: 'this stays as it is: withdraw the entry and add another',
  }))
  throw new InvalidInputError('a correction cannot change this', fields)
}

function accessIn({ tx, practiceId, actor, now }: Writing, patientId: string) {
  return loadAccess({ db: tx, practiceId, actor, now }, patientId)
}

/** What the journal keeps of a version. */
export function told(kind: EntryKind, { id, version, hash }: WrittenEntry) {
  return { subject: `${kind}:${id}`, details: { version, hash } }
}
