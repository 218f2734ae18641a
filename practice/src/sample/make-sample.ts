/** Making the sample practice. */
import { Readable } from 'node:stream'
import { newId } from '#database'
import { appendUpload, beginUpload, finishUpload } from '#documents'
import type { Installation, SampleAccount, SampleProgress } from '#installation'
import type { Actor, OpenPractice } from '#open-practice'
import {
  addEntry,
  findDocumentType,
  type ImportBatch,
  type ImportedEntry,
  type ImportedPatient,
  importEntries,
  isEntryKind,
  parseBody,
  writingIn,
} from '#patients'
import { createActiveAccount, createPractitioner } from '#people'
import type { Role } from '#rights'

/** A patient and what is recorded of them, as plain values that the kinds' schemas take. */
export interface SampleRecord {
  readonly identity: unknown
  readonly entries: Iterable<{
    readonly kind: string
    readonly body: unknown
    /** the file number of a record that came before: whose patient the relative is */
    readonly relatedFile?: string
  }>
  readonly documents?: readonly SampleDocument[]
}

/** A file, and what its entry says of it. */
export interface SampleDocument {
  readonly fileName: string
  readonly bytes: Uint8Array
  readonly title: string
  /** LOINC, of `DOCUMENT_TYPES` */
  readonly typeCode: string
  readonly madeOn: string
}

export interface SampleOptions {
  /** how many records the source has; absent: nobody knows, and progress has no total */
  readonly patients?: number
  readonly onProgress?: (progress: SampleProgress) => void
  /** ends it between two batches of records, or two documents; the practice is not finished then */
  readonly signal?: AbortSignal
}

/** Invents records for those who practise there. */
export type SampleSource = (options: {
  readonly practitionerIds: readonly string[]
  readonly today: Temporal.PlainDate
}) => Iterable<SampleRecord>

interface Practising {
  readonly familyName: string
  readonly givenName: string
  readonly rpps: string
  readonly status: 'titulaire' | 'collaborateur-liberal' | 'remplacant'
}

// RPPS numbers with a right check digit, of a block that is not given out.
const PRACTISING: readonly Practising[] = [
  { familyName: 'Exemple', givenName: 'Camille', rpps: '10000000009', status: 'titulaire' },
  { familyName: 'Modèle', givenName: 'Sacha', rpps: '10000000017', status: 'collaborateur-liberal' },
  { familyName: 'Specimen', givenName: 'Dominique', rpps: '10000000025', status: 'remplacant' },
]

/** The account with which the practice is made. */
export const SAMPLE_OWNER = { login: 'camille', displayName: 'Dr Camille Exemple', password: 'exemple-titulaire' } as const

/** One for each role. The passwords are shown on the sign-in page: nothing here is secret. */
export const SAMPLE_ACCOUNTS: readonly (SampleAccount & {
  readonly role: Role
  readonly displayName: string
  readonly practises?: number
})[] = [
  { role: 'owner', ...SAMPLE_OWNER, practises: 0 },
  { role: 'practitioner', login: 'sacha', displayName: 'Dr Sacha Modèle', password: 'exemple-praticien', practises: 1 },
  { role: 'assistant', login: 'noa', displayName: 'Noa Type', password: 'exemple-assistante' },
  { role: 'it-provider', login: 'informatique', displayName: 'Informatique d’exemple', password: 'exemple-informatique' },
  { role: 'data-protection-officer', login: 'dpo', displayName: 'Déléguée d’exemple', password: 'exemple-deleguee' },
  { role: 'auditor', login: 'audit', displayName: 'Auditeur d’exemple', password: 'exemple-auditeur' },
]

/** Nobody is answered while a batch is written to the embedded database: a fraction of a second each. */
const BATCH_ENTRIES = 1_000

const ZONE = 'Europe/Paris'
/** A company of exercise, with a colleague who has patients of their own: new patients are the company's, or theirs. */
const FACTS = JSON.stringify({ legalForm: 'selarl' })
const NAMES = { fr: 'Cabinet d’exemple', en: 'Sample practice' } as const

/** Makes, fills and opens it. @returns the accounts with which to sign in */
export async function makeSamplePractice(
  installation: Installation,
  source: SampleSource,
  language: 'fr' | 'en',
  options: SampleOptions = {},
): Promise<readonly SampleAccount[]> {
  const owner = { ...SAMPLE_OWNER, language }
  return installation.createSample(owner, NAMES[language], (practice) => fillSamplePractice(practice, source, language, options))
}

/** Fills a new practice, whose one account is {@link SAMPLE_OWNER}. @returns all accounts */
export async function fillSamplePractice(
  practice: OpenPractice,
  source: SampleSource,
  language: 'fr' | 'en',
  { patients: total = 0, onProgress = () => {}, signal }: SampleOptions = {},
): Promise<readonly SampleAccount[]> {
  const practitionerIds = await makePractitioners(practice)
  await practice.db.updateTable('practice').set({ facts: FACTS }).where('id', '=', practice.id).execute()
  const { id } = await practice.db
    .selectFrom('account')
    .select('id')
    .where('practice_id', '=', practice.id)
    .executeTakeFirstOrThrow()
  await makeAccounts(practice, id, practitionerIds, language)
  const actor: Actor = { accountId: id, role: 'owner', address: 'console' }
  const today = practice.now().toZonedDateTimeISO(ZONE).toPlainDate()
  const filed: Filed[] = []
  onProgress({ step: 'records', done: 0, total })
  await importEntries(practice, actor, batchesOf(source({ practitionerIds, today }), filed), {
    onProgress: ({ patients: done }) => onProgress({ step: 'records', done, total }),
    ...(signal === undefined ? {} : { signal }),
  })
  for (const [done, each] of filed.entries()) {
    signal?.throwIfAborted()
    onProgress({ step: 'documents', done, total: filed.length })
    await fileDocument(practice, actor, each)
  }
  return SAMPLE_ACCOUNTS.map(({ role, login, password }) => ({ role, login, password }))
}

async function makePractitioners(practice: OpenPractice): Promise<readonly string[]> {
  return practice.db.transaction().execute(async (tx) => {
    const ids: string[] = []
    for (const { status, ...facts } of PRACTISING) {
      const { id } = await createPractitioner(tx, practice, { ...facts, role: { status, fromOn: '2015-01-05' } })
      ids.push(id)
    }
    return ids
  })
}

async function makeAccounts(
  practice: OpenPractice,
  ownerId: string,
  practitionerIds: readonly string[],
  language: 'fr' | 'en',
): Promise<void> {
  for (const { practises, ...account } of SAMPLE_ACCOUNTS.slice(1)) {
    const practitionerId = practises === undefined ? undefined : practitionerIds[practises]
    const wanted = { ...account, language, ...(practitionerId === undefined ? {} : { practitionerId }) }
    await practice.db.transaction().execute((tx) => createActiveAccount(tx, practice.id, wanted, practice.now()))
  }
  const [first] = practitionerIds
  await practice.db
    .updateTable('account')
    .set({ practitioner_id: first ?? null })
    .where('id', '=', ownerId)
    .execute()
}

interface Filed {
  readonly patientId: string
  readonly document: SampleDocument
}

async function fileDocument(practice: OpenPractice, actor: Actor, { patientId, document }: Filed): Promise<void> {
  const { fileName, bytes, title, typeCode, madeOn } = document
  const { accountId } = actor
  const { id } = await beginUpload(practice, { patientId, accountId, fileName, sizeBytes: bytes.length })
  await appendUpload(practice, id, 0, Readable.from([bytes]))
  await finishUpload(practice, id, async (tx, { object }) => {
    const type = findDocumentType(typeCode)
    const body = parseBody('document', {
      title,
      type: { ...type },
      madeOn,
      objectId: object.id,
      fileName,
      mediaType: object.mediaType,
    })
    await addEntry(writingIn(practice, actor, tx), { patientId, kind: 'document', body })
  })
}

/** Whole records, as many as a batch takes; their documents are filed when they are there. */
function* batchesOf(records: Iterable<SampleRecord>, filed: Filed[]): Generator<ImportBatch> {
  const idsOfFiles = new Map<string, string>()
  let patients: ImportedPatient[] = []
  let entries: ImportedEntry[] = []
  const batch = () => ({ source: 'sample', patients, entries })
  for (const record of records) {
    const patientId = newId()
    const identity = parseBody('identity', record.identity)
    patients.push({ id: patientId, identity })
    idsOfFiles.set(identity.fileNumber, patientId)
    for (const document of record.documents ?? []) filed.push({ patientId, document })
    for (const { kind, body, relatedFile } of record.entries) {
      if (!isEntryKind(kind)) throw new Error(`${kind} is no kind of entry`)
      const related = relatedFile === undefined ? {} : { patientId: idsOfFiles.get(relatedFile) }
      entries.push({ patientId, kind, body: parseBody(kind, { ...(body as object), ...related }) } as ImportedEntry)
    }
    if (entries.length + patients.length < BATCH_ENTRIES) continue
    yield batch()
    patients = []
    entries = []
  }
  if (patients.length > 0) yield batch()
}
