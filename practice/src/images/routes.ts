/** The routes of images: who may, the journal, then the bytes. */
import type { Tx } from '#database'
import type { SignedInEndpoint } from '#endpoint'
import { NotFoundError } from '#errors'
import { type Call, parseCursor, printCursor, type Route, route } from '#http'
import { isTold } from '#journal'
import { loadAccess, type Reading, recordShown, requireRead, type Writing } from '#patients'
import {
  attachStudyEndpoint,
  bringStudyBackEndpoint,
  changeReception,
  getInstanceContent,
  getInstancePreview,
  getReception,
  getReceptionStatus,
  getStudy,
  getTrayContent,
  getTrayCount,
  getTrayPreview,
  getTrayStudy,
  listStudies,
  listTray,
  moveStudyEndpoint,
  setStudyAsideEndpoint,
} from './contract.ts'
import type { NamedPatient } from './named-patient.ts'
import { readPictures, readSeries, readStudies, readStudy, trayStudyOf } from './read-studies.ts'
import type { Reception } from './reception/reception.ts'
import { loadReceptionSettings, saveReceptionSettings } from './reception/settings.ts'
import { sendInstance, sendPreview } from './serve-instance.ts'
import { findInstance, type InstanceRow, type StudyRow, summarizeStudies } from './store.ts'
import { attachStudy, bringBack, countTray, getTrayRow, moveStudy, proposePatients, readTray, setAside } from './tray.ts'

type AnyCall = Pick<Call<SignedInEndpoint>, 'practice' | 'actor' | 'record' | 'isToldBefore'>

/** A viewer asks for hundreds of parts: the journal says once that the study was opened, and again after this. */
const TOLD_FOR = Temporal.Duration.from({ hours: 1 })

/** @param reception undefined in tests of routes alone */
export function imageRoutes(reception: () => Reception | undefined): readonly Route[] {
  return [...studyRoutes, ...trayRoutes, ...receptionRoutes(reception)]
}

const studyRoutes: readonly Route[] = [
  route(listStudies, (call) =>
    call.practice.db.transaction().execute(async (tx) => {
      const { patientId } = call.params
      const reading = await readingOf(call, tx, patientId)
      requireRead(reading.access, 'documents')
      const reply = { studies: await readStudies(reading), documents: await readPictures(reading) }
      await call.record(tx, { patientId, details: { kinds: ['imagingStudy', 'document'], ...throughGlass(reading) } })
      return reply
    }),
  ),

  route(getStudy, (call) =>
    call.practice.db.transaction().execute(async (tx) => {
      const { patientId, studyId } = call.params
      const reading = await readingOf(call, tx, patientId)
      const { study } = await readStudy(reading, studyId)
      const series = await readSeries(tx, call.practice.id, studyId)
      await call.record(tx, { patientId, subject: `imagingStudy:${study.entryId}`, details: throughGlass(reading) })
      return { study, series }
    }),
  ),

  route(getInstanceContent, async (call) => {
    const { row, instance } = await openOfRecord(call, call.params)
    return sendInstance(call, row, instance)
  }),
  route(getInstancePreview, async (call) => {
    const { instance } = await openOfRecord(call, call.params)
    return sendPreview(call, instance, call.query)
  }),

  route(moveStudyEndpoint, (call) =>
    call.practice.db.transaction().execute(async (tx) => {
      const { patientId, studyId } = call.params
      const reading = await readingOf(call, tx, patientId)
      const { row, study } = await readStudy(reading, studyId)
      const entryId = await moveStudy(writingOf(call, tx), row, call.body)
      const { reason } = call.body
      await call.record(tx, { patientId, subject: `imagingStudy:${study.entryId}`, reason })
      return { entryId }
    }),
  ),
]

const trayRoutes: readonly Route[] = [
  route(getTrayCount, ({ practice }) => countTray(practice.db, practice.id)),

  route(listTray, (call) =>
    call.practice.db.transaction().execute(async (tx) => {
      const { state, cursor, limit } = call.query
      const after = cursor === undefined ? undefined : String(parseCursor(cursor, 1)[0])
      const { studies, next } = await readTray(tx, call.practice.id, { state, after, limit })
      const counts = await countTray(tx, call.practice.id)
      await call.record(tx, { subject: `list:${state}`, details: { studies: studies.map(({ id }) => id) } })
      return { studies, next: next === undefined ? undefined : printCursor([next]), counts }
    }),
  ),

  route(getTrayStudy, (call) =>
    call.practice.db.transaction().execute(async (tx) => {
      const { practice, actor } = call
      const row = await getTrayRow(tx, practice.id, call.params.studyId)
      const summaries = await summarizeStudies(tx, practice.id, [row.id])
      const series = await readSeries(tx, practice.id, row.id)
      const proposals = await proposePatients(tx, practice.id, actor.accountId, JSON.parse(row.named) as NamedPatient)
      await call.record(tx, { subject: `study:${row.id}`, details: { proposals: proposals.length } })
      if (proposals.length > 0) await recordProposed(call, tx, proposals)
      return { study: trayStudyOf(row, summaries.get(row.id)), series, proposals }
    }),
  ),

  route(getTrayContent, async (call) => {
    const { row, instance } = await openOfTray(call, call.params)
    return sendInstance(call, row, instance)
  }),
  route(getTrayPreview, async (call) => {
    const { instance } = await openOfTray(call, call.params)
    return sendPreview(call, instance, call.query)
  }),

  route(attachStudyEndpoint, (call) =>
    call.practice.db.transaction().execute(async (tx) => {
      const writing = writingOf(call, tx)
      const record: Writing['record'] = (event) => call.record(tx, { ...event, action: 'study.attached' })
      return { entryId: await attachStudy({ ...writing, record }, call.params.studyId, call.body) }
    }),
  ),
  route(setStudyAsideEndpoint, (call) =>
    call.practice.db.transaction().execute(async (tx) => {
      const { studyId } = call.params
      await setAside(writingOf(call, tx), studyId, call.body.reason)
      await call.record(tx, { subject: `study:${studyId}`, reason: call.body.reason })
      return undefined
    }),
  ),
  route(bringStudyBackEndpoint, (call) =>
    call.practice.db.transaction().execute(async (tx) => {
      const { studyId } = call.params
      await bringBack(writingOf(call, tx), studyId)
      await call.record(tx, { subject: `study:${studyId}` })
      return undefined
    }),
  ),
]

function receptionRoutes(reception: () => Reception | undefined): readonly Route[] {
  return [
    route(getReception, ({ practice }) => loadReceptionSettings(practice.db, practice.id)),
    route(changeReception, async ({ practice, actor, body, record }) => {
      await practice.db.transaction().execute(async (tx) => {
        await saveReceptionSettings(tx, practice, actor, body)
        const { isOn, host, port, tls, acceptsUnknown, senders } = body
        await record(tx, {
          subject: 'setting:image-reception',
          details: { isOn, host, port, tls, acceptsUnknown, senders: senders.length },
        })
      })
      await reception()?.apply()
      return body
    }),
    route(getReceptionStatus, async ({ practice }) => {
      const running = reception()
      if (running === undefined) throw new NotFoundError('this server receives no images')
      return running.status(practice)
    }),
  ]
}

async function readingOf({ practice, actor }: AnyCall, tx: Tx, patientId: string): Promise<Reading> {
  const access = await loadAccess({ db: tx, practiceId: practice.id, actor, now: practice.now() }, patientId)
  return { db: tx, practiceId: practice.id, access }
}

function writingOf({ practice, actor, record }: AnyCall, tx: Tx): Writing {
  return {
    tx,
    practiceId: practice.id,
    actor,
    now: practice.now(),
    record: (event) => record(tx, event),
  }
}

function throughGlass({ access }: Reading): { readonly throughBrokenGlass?: true } {
  return access.glassEndsAt === undefined ? {} : { throughBrokenGlass: true }
}

interface Opened {
  readonly row: StudyRow
  readonly instance: InstanceRow
}

/** In the transaction that sees to it that the journal knows who opens it. Bytes are asked for afterwards. */
function openOfRecord(
  call: AnyCall,
  { patientId, studyId, instanceId }: { readonly patientId: string; readonly studyId: string; readonly instanceId: string },
): Promise<Opened> {
  return call.practice.db.transaction().execute(async (tx) => {
    const reading = await readingOf(call, tx, patientId)
    const { row, study } = await readStudy(reading, studyId)
    const instance = await getInstance(tx, call, studyId, instanceId)
    const event = { action: 'study.read', patientId, subject: `imagingStudy:${study.entryId}` } as const
    await recordOnce(call, tx, event, throughGlass(reading))
    return { row, instance }
  })
}

function openOfTray(
  call: AnyCall,
  { studyId, instanceId }: { readonly studyId: string; readonly instanceId: string },
): Promise<Opened> {
  return call.practice.db.transaction().execute(async (tx) => {
    const row = await getTrayRow(tx, call.practice.id, studyId)
    const instance = await getInstance(tx, call, studyId, instanceId)
    await recordOnce(call, tx, { action: 'tray.read', subject: `study:${studyId}` }, {})
    return { row, instance }
  })
}

async function getInstance(tx: Tx, { practice }: AnyCall, studyId: string, instanceId: string): Promise<InstanceRow> {
  const found = await findInstance(tx, practice.id, studyId, instanceId)
  if (found === undefined) throw new NotFoundError('there is no such image in this study')
  return found
}

async function recordOnce(
  { practice, actor, record, isToldBefore }: AnyCall,
  tx: Tx,
  event: { readonly action: 'study.read' | 'tray.read'; readonly patientId?: string; readonly subject: string },
  details: { readonly throughBrokenGlass?: true },
): Promise<void> {
  if (await isTold(tx, practice.id, actor, event, practice.now().subtract(TOLD_FOR))) isToldBefore()
  else await record(tx, { ...event, details })
}

/** Their names stand in the answer: whoever looks somebody up by way of an image is found as by a search. */
function recordProposed({ record }: AnyCall, tx: Tx, proposals: readonly { readonly patient: { readonly id: string } }[]) {
  const search: AnyCall['record'] = (inner, event) => record(inner, { ...event, action: 'patients.searched' })
  return recordShown(
    search,
    tx,
    'search',
    proposals.map(({ patient }) => patient.id),
    { forImages: true },
  )
}
