/** The routes of the FHIR door. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { contentHeaders, getDocument, readObject } from '#documents'
import type { SignedInEndpoint } from '#endpoint'
import { InvalidInputError, NotFoundError } from '#errors'
import { type Call, openRoute, type Route, route, sendStream } from '#http'
import { type Entry, loadAccess, type Reading, readEntry, readVersions, recordShown } from '#patients'
import { bundleEntry, printSearchset } from './bundle.ts'
import { capabilityStatement } from './capability.ts'
import {
  getCapabilities,
  getEverything,
  readBinary,
  readHistory,
  readPatientResource,
  readResource,
  readVersion,
  searchByPatient,
  searchPatients,
} from './contract.ts'
import { type CountedRecord, countRecord, type RecordAsked, resourcesOf, resourcesOfEntry } from './everything.ts'
import { PRACTICE_TYPES, RECORD_TYPES } from './map/index.ts'
import { mapPractice, mapPractitioner } from './map/practice.ts'
import { FHIR_MEDIA_TYPE, tooMany } from './outcome.ts'
import { type Resource, tidy } from './parts.ts'
import { searchFor } from './search.ts'
import { findIdentity, findRecordOf, loadPractice, loadPractitioners } from './store.ts'

type AnyCall = Pick<Call<SignedInEndpoint>, 'practice' | 'actor' | 'record' | 'request' | 'reply'>

/** @param version of this program */
export function makeFhirRoutes(version: string): readonly Route[] {
  return [
    openRoute(getCapabilities, async ({ request, reply }) => send(reply, capabilityStatement(version, baseOf(request)))),

    route(searchPatients, async (call) => {
      const { practice, actor, record, query, request } = call
      const found = await practice.db.transaction().execute(async (tx) => {
        const answer = await searchFor(tx, practice.id, actor, query)
        const ids = answer.patients.map(({ id }) => id)
        await recordShown(record, tx, 'program', ids, { count: ids.length, door: 'fhir' })
        return answer
      })
      const base = baseOf(request)
      const isWhole = found.total !== undefined
      return send(call.reply, {
        resourceType: 'Bundle',
        type: 'searchset',
        ...(isWhole ? { total: found.total } : {}),
        link: [
          { relation: 'self', url: selfOf(request) },
          ...(found.next === undefined ? [] : [{ relation: 'next', url: nextOf(request, found.next) }]),
        ],
        ...(found.patients.length === 0 && isWhole
          ? {}
          : {
              entry: [
                ...found.patients.map((patient) => bundleEntry(base, patient)),
                ...(isWhole ? [] : [{ resource: tooMany(TOO_MANY), search: { mode: 'outcome' } }]),
              ],
            }),
      })
    }),

    route(readPatientResource, async (call) => {
      const { id } = call.params
      return send(call.reply, await readOne(call, 'Patient', id))
    }),

    route(getEverything, async (call) => {
      const { _since, _type } = call.query
      const since = _since === undefined ? undefined : Temporal.Instant.from(_since)
      return sendRecord(call, call.params.id, { since, types: parseTypes(_type) })
    }),

    route(readBinary, async (call) => {
      const { practice, reply } = call
      const { objectId, fileName } = await readDocumentOf(call, call.params.id)
      const { mediaType, sizeBytes } = await getDocument(practice, objectId)
      const { stream } = await readObject(practice, objectId)
      reply.headers({ ...contentHeaders(mediaType, { fileName, isDownload: true }), 'content-length': String(sizeBytes) })
      return sendStream(reply, stream)
    }),

    route(searchByPatient, async (call) => {
      const { type } = call.params
      if (!isRecordType(type)) throw new NotFoundError('there is no search for this type')
      return sendRecord(call, call.query.patient.replace(/^Patient\//, ''), { types: new Set([type]) })
    }),

    route(readResource, async (call) => {
      const { type, id } = call.params
      return send(call.reply, await readOne(call, type, id))
    }),

    route(readHistory, async (call) => {
      const { type, id } = call.params
      const versions = await readAllVersions(call, type, id)
      const url = `${baseOf(call.request)}/${type}/${id}`
      return send(call.reply, {
        resourceType: 'Bundle',
        type: 'history',
        total: versions.length,
        link: [{ relation: 'self', url: selfOf(call.request) }],
        entry: versions.map((resource) => ({
          fullUrl: url,
          resource,
          request: { method: versionOf(resource) === '1' ? 'POST' : 'PUT', url: `${type}/${id}` },
          response: { status: '200', lastModified: (resource.meta as { lastUpdated: string }).lastUpdated },
        })),
      })
    }),

    route(readVersion, async (call) => {
      const { type, id, version } = call.params
      const found = (await readAllVersions(call, type, id)).find((resource) => versionOf(resource) === version)
      if (found === undefined) throw new NotFoundError('there is no such version')
      return send(call.reply, found)
    }),
  ]
}

const TOO_MANY = 'More patients than these may answer to this name: ask more precisely (family, given, birthdate).'

async function send(reply: FastifyReply, body: object): Promise<undefined> {
  await reply.type(FHIR_MEDIA_TYPE).serializer(JSON.stringify).send(body)
  return undefined
}

/** Counted and journaled in one transaction, sent after it. */
async function sendRecord(call: AnyCall, patientId: string, asked: RecordAsked): Promise<undefined> {
  const { practice, actor, record, request, reply } = call
  const counted = await practice.db.transaction().execute(async (tx) => {
    const access = await loadAccess({ db: tx, practiceId: practice.id, actor, now: practice.now() }, patientId)
    const counted = await countRecord({ db: tx, practiceId: practice.id, access }, practice.now(), asked)
    await record(tx, { patientId: access.patientId, details: { ...told(counted), ...glass(access.glassEndsAt) } })
    return counted
  })
  const text = printSearchset(baseOf(request), selfOf(request), counted.total, resourcesOf(practice.db, counted))
  return sendStream(reply.type(FHIR_MEDIA_TYPE), text)
}

function told({ total, counts, heads, asked }: CountedRecord) {
  return {
    door: 'fhir',
    kinds: [...new Set(heads.map(({ kind }) => kind))],
    total,
    counts: [...counts].map(([type, count]) => `${type}:${count}`),
    since: asked.since?.toString(),
  }
}

/** Whoever examines the journal sees which looks needed broken glass. */
function glass(endsAt: string | undefined): { readonly throughBrokenGlass?: true } {
  return endsAt === undefined ? {} : { throughBrokenGlass: true }
}

async function readOne(call: AnyCall, type: string, id: string): Promise<Resource> {
  const { practice, record } = call
  return practice.db.transaction().execute(async (tx) => {
    const ofPractice = await readOfPractice({ ...call, practice: { ...practice, db: tx } }, type, id)
    if (ofPractice !== undefined) {
      await record(tx, { subject: `${type}:${id}`, details: { door: 'fhir' } })
      return ofPractice
    }
    return inRecord(call, tx, type, id, async (reading, entryId) => {
      const entry = await readEntry(reading, entryId)
      const resource = (await resourcesOfEntry(reading, practice.now(), entry)).find(
        (each) => each.resourceType === type && each.id === id,
      )
      if (resource === undefined) throw new NotFoundError('there is no such resource')
      return { answer: resource, kind: entry.kind, versions: 1 }
    })
  })
}

/** A document, in the transaction that writes to the journal who opens it. Its bytes are asked for afterwards. */
async function readDocumentOf({ practice, actor, record }: AnyCall, entryId: string) {
  return practice.db.transaction().execute(async (tx) => {
    const patientId = await findRecordOf(tx, practice.id, entryId)
    const access = await loadAccess({ db: tx, practiceId: practice.id, actor, now: practice.now() }, patientId)
    const entry = await readEntry({ db: tx, practiceId: practice.id, access }, entryId)
    if (entry.kind !== 'document' || entry.body === null || entry.body.personalNote)
      throw new NotFoundError('there is no such document')
    await record(tx, {
      patientId: access.patientId,
      subject: `document:${entryId}`,
      details: { door: 'fhir', ...glass(access.glassEndsAt) },
    })
    return entry.body
  })
}

/** The organisation, its practitioners and their contracts: no patient's data. */
async function readOfPractice(
  { practice: { db, id: practiceId } }: AnyCall,
  type: string,
  id: string,
): Promise<Resource | undefined> {
  if (type === 'Organization' && id === practiceId) return tidy(mapPractice(await loadPractice(db, practiceId)))
  if (type !== 'Practitioner' && type !== 'PractitionerRole') return undefined
  const resources = (await loadPractitioners(db, practiceId)).flatMap((each) => mapPractitioner(each, practiceId))
  const found = resources.find((each) => each.resourceType === type && each.id === id)
  return found === undefined ? undefined : tidy(found)
}

/** Newest first. A version that was lawfully destroyed has no resource, and one of a personal note neither. */
async function readAllVersions(call: AnyCall, type: string, id: string): Promise<Resource[]> {
  return call.practice.db.transaction().execute((tx) =>
    inRecord(call, tx, type, id, async (reading, entryId) => {
      const entry = await readEntry(reading, entryId)
      const { kind, versions } = await readVersions(reading, entryId)
      const resources: Resource[] = []
      for (const { version, state, recordedAt, recordedBy, reason, source, body } of versions) {
        const then = { ...entry, version, state, changedAt: recordedAt, recordedBy, reason, source, body } as Entry
        resources.push(
          ...(await resourcesOfEntry(reading, call.practice.now(), then)).filter(
            (each) => each.resourceType === type && each.id === id,
          ),
        )
      }
      if (resources.length === 0) throw new NotFoundError('there is no such resource')
      return { answer: resources, kind, versions: resources.length }
    }),
  )
}

interface ReadInRecord<A> {
  readonly answer: A
  readonly kind: string
  readonly versions: number
}

/** Reads in the record where the resource is, and writes it to the journal. An entry's further resources go on from its id with a point. */
async function inRecord<A>(
  { practice, actor, record }: AnyCall,
  tx: Reading['db'] & Parameters<AnyCall['record']>[0],
  type: string,
  id: string,
  read: (reading: Reading, entryId: string) => Promise<ReadInRecord<A>>,
): Promise<A> {
  if (!isRecordType(type)) throw new NotFoundError('there is no such resource')
  const isPatient = type === 'Patient'
  const entryId = isPatient ? await findIdentity(tx, practice.id, id) : id.replace(/\..*$/, '')
  const patientId = isPatient ? id : await findRecordOf(tx, practice.id, entryId)
  const access = await loadAccess({ db: tx, practiceId: practice.id, actor, now: practice.now() }, patientId)
  const { answer, kind, versions } = await read({ db: tx, practiceId: practice.id, access }, entryId)
  await record(tx, {
    patientId: access.patientId,
    subject: `${kind}:${entryId}`,
    details: { door: 'fhir', kinds: [kind], versions, ...glass(access.glassEndsAt) },
  })
  return answer
}

const recordTypes: ReadonlySet<string> = new Set(RECORD_TYPES)
const allTypes: ReadonlySet<string> = new Set([...RECORD_TYPES, ...PRACTICE_TYPES])

function isRecordType(type: string): boolean {
  return recordTypes.has(type)
}

/** @throws {InvalidInputError} for a type that the door does not have: an answer without it would look whole */
function parseTypes(text: string | undefined): ReadonlySet<string> | undefined {
  if (text === undefined) return undefined
  const types = text.split(',').map((each) => each.trim())
  const unknown = types.filter((type) => !allTypes.has(type))
  if (unknown.length > 0)
    throw new InvalidInputError('the record has no resources of some of these types', [
      { path: '_type', problem: 'unknown', message: `types of the CapabilityStatement are expected; ${unknown.length} are none` },
    ])
  return new Set(types)
}

function versionOf(resource: Resource): string {
  return (resource.meta as { versionId: string }).versionId
}

function baseOf({ protocol, host }: FastifyRequest): string {
  return `${protocol}://${host}/fhir/R4`
}

function selfOf({ protocol, host, url }: FastifyRequest): string {
  return `${protocol}://${host}${url}`
}

function nextOf(request: FastifyRequest, cursor: string): string {
  const url = new URL(selfOf(request))
  url.searchParams.set('_cursor', cursor)
  return url.href
}
