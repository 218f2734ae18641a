/**
 * A whole record as one Bundle. It is read and counted in one transaction, which also writes the journal, and sent after it: versions do not
 * change, so what is sent is what was counted, and a slow client keeps nobody waiting. Some hundred entries are in memory at once.
 */
import { DamagedError } from '#errors'
import {
  bodyFacts,
  ENTRY_KINDS,
  type Entry,
  type EntryOf,
  isPast,
  listEntryIds,
  type Reading,
  readAll,
  readEntries,
  stewardUntils,
} from '#patients'
import { loadToday } from '#today'
import { mapEntry } from './map/index.ts'
import { mapPractice, mapPractitioner } from './map/practice.ts'
import { type Reference, type Resource, type Surroundings, tidy } from './parts.ts'
import { type EntryHead, loadBodies, loadFiles, loadPractice, loadPractitioners, loadReferences } from './store.ts'

export interface RecordAsked {
  /** only entries that have changed at that instant or later */
  readonly since?: Temporal.Instant | undefined
  /** absent: all */
  readonly types?: ReadonlySet<string> | undefined
}

/** A record that was read and counted, to be sent. */
export interface CountedRecord {
  readonly total: number
  /** resources by type */
  readonly counts: ReadonlyMap<string, number>
  readonly heads: readonly EntryHead[]
  /** the practice and its practitioners, as far as the record names them */
  readonly practiceResources: readonly Resource[]
  readonly around: Surroundings
  readonly doctors: readonly Reference[]
  readonly asked: RecordAsked
}

const ENTRIES_A_PAGE = 200

/**
 * Reads and counts what of a record the caller may read, withdrawn entries too. Call it in a transaction.
 *
 * @throws {BreakGlassNeededError} or {NotAllowedError} when the record is closed to the caller
 */
export async function countRecord(reading: Reading, now: Temporal.Instant, asked: RecordAsked): Promise<CountedRecord> {
  const { db, practiceId, access } = reading
  const heads: EntryHead[] = []
  const counts = new Map<string, number>()
  const links = new Set<string>()
  const practitionerIds = new Set<string>()
  const doctors: Reference[] = []
  const stewards: EntryOf<'stewardship'>[] = []
  const today = await loadToday(db, practiceId, now)
  const nowhere: Surroundings = {
    practiceId,
    today,
    patientId: access.patientId,
    joinedIds: access.parts.slice(1),
    referTo: () => undefined,
    referToPractitioner: () => undefined,
  }
  for await (const entry of entriesOf(reading)) {
    const resources = isWithin(entry, asked) ? mapEntry(entry, nowhere).filter((resource) => isOfType(resource, asked)) : []
    if (entry.kind === 'stewardship' && entry.state === 'current') stewards.push(entry)
    if (isTreatingDoctor(entry, today)) doctors.push({ reference: `Practitioner/${entry.id}` })
    if (resources.length === 0) continue
    const { body, ...head } = entry
    heads.push(head)
    count(counts, resources)
    if (body === null) continue
    const facts = bodyFacts(entry.kind, body)
    for (const { id } of facts.links) links.add(id)
    if (facts.practitionerId !== undefined) practitionerIds.add(facts.practitionerId)
  }
  const practitioners = (await loadPractitioners(db, practiceId)).filter(({ id }) => practitionerIds.has(id))
  const practiceResources = [
    mapPractice(await loadPractice(db, practiceId)),
    ...practitioners.flatMap((practitioner) => mapPractitioner(practitioner, practiceId)),
  ]
    .map(tidy)
    .filter((resource) => asked.since === undefined && isOfType(resource, asked))
  count(counts, practiceResources)
  const references = await loadReferences(reading, [...links])
  const untils = stewardUntils(stewards)
  const known = new Set(practitioners.map(({ id }) => id))
  return {
    total: counts.values().reduce((sum, each) => sum + each, 0),
    counts,
    heads: heads.toSorted((a, b) => Number(b.kind === 'identity') - Number(a.kind === 'identity')),
    practiceResources,
    around: {
      practiceId,
      today,
      stewardUntil: (entryId) => untils.get(entryId),
      patientId: access.patientId,
      joinedIds: access.parts.slice(1),
      referTo: (entryId) => references.get(entryId),
      referToPractitioner: (id) => (id !== undefined && known.has(id) ? { reference: `Practitioner/${id}` } : undefined),
    },
    doctors,
    asked,
  }
}

async function* entriesOf(reading: Reading): AsyncGenerator<Entry> {
  const ids = await listEntryIds(reading)
  for (let at = 0; at < ids.length; at += ENTRIES_A_PAGE) {
    const page = ids.slice(at, at + ENTRIES_A_PAGE)
    const { entries } = await readEntries(reading, { kinds: ENTRY_KINDS, withWithdrawn: true, ids: page })
    const byId = new Map(entries.map((entry) => [entry.id, entry]))
    for (const id of page) {
      const entry = byId.get(id)
      if (entry !== undefined) yield entry
    }
  }
}

/** The médecin traitant of today: FHIR has a place for them with the patient. */
export function isTreatingDoctor(entry: Entry, today: string): boolean {
  if (entry.kind !== 'referringDoctor' || entry.state !== 'current' || entry.body === null) return false
  return entry.body.role === 'treating-physician' && !isPast(entry.body.to, today)
}

/**
 * The resources of a counted record, in the order in which they are sent.
 *
 * @throws {DamagedError} when they are no longer as many as were counted: something was destroyed in between. The answer breaks off, so that
 * nobody takes it for whole.
 */
export async function* resourcesOf(db: Reading['db'], record: CountedRecord): AsyncGenerator<Resource> {
  const { heads, around, doctors, asked, total } = record
  let sent = 0
  for (const resource of record.practiceResources) {
    sent++
    yield resource
  }
  for (let at = 0; at < heads.length; at += ENTRIES_A_PAGE) {
    const entries = await loadBodies(db, around.practiceId, heads.slice(at, at + ENTRIES_A_PAGE))
    const objectIds = entries.flatMap((entry) => (entry.kind === 'document' && entry.body !== null ? [entry.body.objectId] : []))
    const files = await loadFiles(db, around.practiceId, objectIds)
    const withFiles = { ...around, document: (objectId: string) => files.get(objectId) }
    for (const entry of entries)
      for (const resource of mapEntry(entry, withFiles, doctors))
        if (isOfType(resource, asked)) {
          sent++
          yield resource
        }
  }
  if (sent !== total)
    throw new DamagedError(`the record had ${total} resources when it was counted, and ${sent} when it was sent`)
}

/** One entry's resources, with what they point to. */
export async function resourcesOfEntry(reading: Reading, now: Temporal.Instant, entry: Entry): Promise<Resource[]> {
  const { db, practiceId, access } = reading
  if (entry.body === null) return []
  const today = await loadToday(db, practiceId, now)
  const { links, practitionerId } = bodyFacts(entry.kind, entry.body)
  const references = await loadReferences(
    reading,
    links.map(({ id }) => id),
  )
  const practitioners = await loadPractitioners(db, practiceId)
  const files = entry.kind === 'document' ? await loadFiles(db, practiceId, [entry.body.objectId]) : new Map()
  const doctors = entry.kind === 'identity' ? await treatingDoctors(reading, today) : []
  const untils = entry.kind === 'stewardship' ? await untilsWith(reading, entry) : undefined
  const around: Surroundings = {
    practiceId,
    today,
    stewardUntil: (entryId) => untils?.get(entryId),
    patientId: access.patientId,
    joinedIds: access.parts.slice(1),
    referTo: (entryId) => references.get(entryId),
    referToPractitioner: (id) =>
      id !== undefined && id === practitionerId && practitioners.some((each) => each.id === id)
        ? { reference: `Practitioner/${id}` }
        : undefined,
    document: (objectId) => files.get(objectId),
  }
  return mapEntry(entry, around, doctors)
}

/** An older version of a stewardship stands for the entry as it was, among the others as they are. */
async function untilsWith(reading: Reading, entry: EntryOf<'stewardship'>): Promise<ReadonlyMap<string, string>> {
  const others = (await readAll(reading, 'stewardship')).filter(({ id }) => id !== entry.id)
  return stewardUntils([...others, entry])
}

async function treatingDoctors(reading: Reading, today: string): Promise<Reference[]> {
  const { entries } = await readEntries(reading, { kinds: ['referringDoctor'] })
  return (entries as EntryOf<'referringDoctor'>[])
    .filter((entry) => isTreatingDoctor(entry, today))
    .map(({ id }) => ({ reference: `Practitioner/${id}` }))
}

function isWithin({ changedAt }: Entry, { since }: RecordAsked): boolean {
  return since === undefined || Temporal.Instant.compare(Temporal.Instant.from(changedAt), since) >= 0
}

function isOfType({ resourceType }: Resource, { types }: RecordAsked): boolean {
  return types === undefined || types.has(resourceType)
}

function count(counts: Map<string, number>, resources: readonly Resource[]): void {
  for (const { resourceType } of resources) counts.set(resourceType, (counts.get(resourceType) ?? 0) + 1)
}
