/** The SQL of documents and uploads. */
import { sql } from 'kysely'
import { z } from 'zod'
import { type Db, instantText, type Tables, type Tx } from '#database'

/** What is known of a stored document. Never its bytes. */
export interface DocumentFacts {
  readonly id: string
  readonly patientId: string
  /** of the original, hex */
  readonly sha256: string
  /** of the original, hex, for whoever asks for nothing better */
  readonly sha1: string
  readonly sizeBytes: number
  /** as the bytes say, with `; charset=` for text */
  readonly mediaType: string
  readonly previewState: 'none' | 'due' | 'made' | 'impossible'
  readonly storedAt: string
}

export type ObjectRow = Tables['document_object']

const aboutSchema = z.object({ fileName: z.string(), details: z.record(z.string(), z.unknown()) })
const finishedSchema = z.object({ sha256: z.string(), sha1: z.string(), sealedName: z.string(), mediaType: z.string() })

/** What a finished upload was found to be. */
export type Findings = z.output<typeof finishedSchema>

/** An upload under way. */
export interface UploadFacts {
  /** becomes the object's */
  readonly id: string
  readonly patientId: string
  readonly accountId: string
  readonly fileName: string
  /** what whoever began it wants kept with it: title, date… */
  readonly details: Readonly<Record<string, unknown>>
  readonly sizeBytes: number
  /** acknowledged, on disk */
  readonly receivedBytes: number
  readonly startedAt: string
}

/** As the database has it. */
export interface StoredUpload extends UploadFacts {
  readonly findings: Findings | undefined
}

export async function insertUpload(tx: Tx, practiceId: string, upload: UploadFacts): Promise<void> {
  await tx
    .insertInto('document_upload')
    .values({
      id: upload.id,
      practice_id: practiceId,
      patient_id: upload.patientId,
      account_id: upload.accountId,
      size_bytes: upload.sizeBytes,
      received_bytes: upload.receivedBytes,
      about: JSON.stringify({ fileName: upload.fileName, details: upload.details }),
      finished: null,
      started_at: upload.startedAt,
      changed_at: upload.startedAt,
    })
    .execute()
}

export async function findStoredUpload(db: Db | Tx, practiceId: string, uploadId: string): Promise<StoredUpload | undefined> {
  const row = await db
    .selectFrom('document_upload')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('id', '=', uploadId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { fileName, details } = aboutSchema.parse(JSON.parse(row.about))
  return {
    id: row.id,
    patientId: row.patient_id,
    accountId: row.account_id,
    fileName,
    details,
    sizeBytes: row.size_bytes,
    receivedBytes: row.received_bytes,
    startedAt: row.started_at,
    findings: row.finished === null ? undefined : finishedSchema.parse(JSON.parse(row.finished)),
  }
}

export async function updateReceived(db: Db, practiceId: string, uploadId: string, received: number, now: Temporal.Instant) {
  await db
    .updateTable('document_upload')
    .set({ received_bytes: received, changed_at: instantText(now) })
    .where('practice_id', '=', practiceId)
    .where('id', '=', uploadId)
    .execute()
}

export async function updateFindings(db: Db, practiceId: string, uploadId: string, findings: Findings): Promise<void> {
  await db
    .updateTable('document_upload')
    .set({ finished: JSON.stringify(findings) })
    .where('practice_id', '=', practiceId)
    .where('id', '=', uploadId)
    .execute()
}

export async function deleteUpload(db: Db | Tx, practiceId: string, uploadId: string): Promise<void> {
  await db.deleteFrom('document_upload').where('practice_id', '=', practiceId).where('id', '=', uploadId).execute()
}

/** Bytes that the uploads which somebody was at work on since then have still to bring. */
export async function awaitedBytes(db: Db, practiceId: string, since: Temporal.Instant): Promise<number> {
  const { awaited } = await db
    .selectFrom('document_upload')
    .select(sql<number | string | null>`sum(size_bytes - received_bytes)`.as('awaited'))
    .where('practice_id', '=', practiceId)
    .where('changed_at', '>=', instantText(since))
    .executeTakeFirstOrThrow()
  return Number(awaited ?? 0)
}

export async function listUploadsUntouchedSince(db: Db, practiceId: string, since: Temporal.Instant): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('document_upload')
    .select('id')
    .where('practice_id', '=', practiceId)
    .where('changed_at', '<', instantText(since))
    .execute()
  return rows.map((row) => row.id)
}

/** Keys that open nothing: what a crash left between the key and the first row that names it. */
export async function listLooseKeys(db: Db, practiceId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('keyring.document_key')
    .select('object_id')
    .where('practice_id', '=', practiceId)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('document_upload').select('id').whereRef('document_upload.id', '=', 'object_id'))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('document_object')
            .select('id')
            .whereRef('document_object.id', '=', 'object_id')
            .where('destroyed_at', 'is', null),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('image_study').select('id').whereRef('image_study.id', '=', 'object_id'))),
    )
    .execute()
  return rows.map((row) => row.object_id)
}

export async function insertObject(tx: Tx, row: ObjectRow): Promise<void> {
  await tx.insertInto('document_object').values(row).execute()
}

export async function findObject(db: Db | Tx, practiceId: string, objectId: string): Promise<ObjectRow | undefined> {
  return db
    .selectFrom('document_object')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('id', '=', objectId)
    .executeTakeFirst()
}

/** The same bytes, kept for the same patient: one, but where one was damaged or two were filed at once. */
export async function listSameObjects(
  db: Db,
  practiceId: string,
  patientId: string,
  sha256: string,
): Promise<readonly { readonly id: string }[]> {
  return db
    .selectFrom('document_object')
    .select('id')
    .where('practice_id', '=', practiceId)
    .where('patient_id', '=', patientId)
    .where('sha256', '=', sha256)
    .where('destroyed_at', 'is', null)
    .orderBy('id')
    .execute()
}

/** Without its hashes, which would tell whoever has a guess whether it was that. */
export async function markDestroyed(tx: Tx, practiceId: string, objectId: string, now: Temporal.Instant): Promise<void> {
  await tx
    .updateTable('document_object')
    .set({ destroyed_at: instantText(now), sha256: '', sha1: '' })
    .where('practice_id', '=', practiceId)
    .where('id', '=', objectId)
    .execute()
}

/** Destroyed, and not known to be gone from the store. */
export async function listUnfinishedDestructions(db: Db, practiceId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('document_object')
    .select('id')
    .where('practice_id', '=', practiceId)
    .where('destroyed_at', 'is not', null)
    .where('sealed_bytes', '>', 0)
    .execute()
  return rows.map((row) => row.id)
}

export async function markFilesRemoved(db: Db, practiceId: string, objectId: string): Promise<void> {
  await db
    .updateTable('document_object')
    .set({ sealed_bytes: 0, preview_name: null, preview_state: 'none' })
    .where('practice_id', '=', practiceId)
    .where('id', '=', objectId)
    .execute()
}

/** Objects that wait for a preview, oldest first, behind one of them; '' for the first. */
export async function listDuePreviews(
  db: Db,
  practiceId: string,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly ObjectRow[]> {
  return db
    .selectFrom('document_object')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('preview_state', '=', 'due')
    .where('destroyed_at', 'is', null)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** @returns whether the object still waited for it */
export async function updatePreview(
  db: Db,
  practiceId: string,
  objectId: string,
  preview: { readonly state: 'due' | 'made' | 'impossible'; readonly name: string | null },
): Promise<boolean> {
  const result = await db
    .updateTable('document_object')
    .set({ preview_state: preview.state, preview_name: preview.name })
    .where('practice_id', '=', practiceId)
    .where('id', '=', objectId)
    .where('preview_state', '=', 'due')
    .where('destroyed_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Whether a sealed file belongs to anything that is kept. */
export async function isReferenced(db: Db, practiceId: string, sealedName: string): Promise<boolean> {
  const found = await db
    .selectFrom('document_object')
    .select('id')
    .where('practice_id', '=', practiceId)
    .where('sealed_name', '=', sealedName)
    .where('destroyed_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}

export function factsOfRow(row: ObjectRow): DocumentFacts {
  return {
    id: row.id,
    patientId: row.patient_id,
    sha256: row.sha256,
    sha1: row.sha1,
    sizeBytes: row.size_bytes,
    mediaType: row.media_type,
    previewState: row.preview_state,
    storedAt: row.stored_at,
  }
}
