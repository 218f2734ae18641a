/** What an import says of a row, in codes; the pages and the command line have the sentences. A code never holds what the row says. */

/** The row becomes nothing: it is kept as it is, and the report lists it. */
export const REFUSALS = [
  /** no columns where the profile expects them, or more than its head names */
  'columns-differ',
  'line-too-long',
  /** the columns that name the row are empty */
  'key-missing',
  /** another row of the table has the same key and says something else */
  'key-taken',
  /** the patient whom it is about is not in the source, or was refused */
  'patient-unknown',
  'name-missing',
  'day-missing',
  'nothing-said',
  /** what came of it is nothing that a record takes */
  'does-not-fit',
  /** of a document: the source has no such file */
  'file-missing',
  'file-path-wrong',
  /** nothing is made without the practitioner whom it names */
  'practitioner-missing',
  /** among images: a file that is none */
  'not-dicom',
  /** no resource, no card, no description that can be read */
  'not-readable',
  /** the file ends in the middle of it */
  'cut-off',
  /** what it says is no part of a record, or not yet */
  'kind-unknown',
  /** the source says that it was entered in error */
  'entered-in-error',
  /** it carries something that changes its meaning, and that nobody here understands */
  'meaning-changed',
  /** invented patients stay out until somebody lets them in */
  'test-patient',
  /** somebody has decided that it stays out */
  'ignored',
] as const

/** The row is taken over without what is meant, which stays in the row as it was. */
export const REMARKS = [
  'day-wrong',
  'day-unknown',
  'time-wrong',
  'tooth-unknown',
  'tooth-does-not-fit',
  'tooth-missing',
  'too-many-teeth',
  'surface-unknown',
  'sex-unknown',
  'status-unknown',
  'amount-wrong',
  'telephone-wrong',
  'email-wrong',
  'postal-code-wrong',
  'insured-number-wrong',
  /** sex or birth date say that the number is somebody else's, often a parent's */
  'insured-number-of-another',
  'type-unknown',
  'practitioner-unknown',
  /** the source has one name only: it is taken for the birth name */
  'birth-name-assumed',
  'cut-short',
  'quote-inside',
  'quote-not-closed',
  /** of a document: its bytes are another format than its name says */
  'format-differs',
  /** of a document: its bytes are not those of which the source speaks, by size or hash */
  'file-differs',
  /** it names another row that is not there, or of another patient */
  'link-missing',
  /** read in another encoding than the file's, since it is none of that */
  'encoding-wrong',
  /** a code that the standard does not have there */
  'code-unknown',
  'file-number-taken',
  /** the source says something else now, and somebody has corrected the entry here since: it stays as it is here */
  'changed-here-too',
  // Of images: in whose record, or why each waits for a person (`TRAY_REASONS` of the room `images`).
  'image-in-record',
  'image-no-number',
  'image-unknown-number',
  'image-foreign-number',
  'image-contradicted',
  'image-unconfirmed',
  'image-several',
  'image-other-person',
  'image-unreadable',
  'image-returned',
  /** somebody has said before that its study belongs in no record */
  'image-aside',
  /** another image has the same number and says something else: both are kept */
  'image-same-uid',
  /** the medium's own list does not name it */
  'image-unlisted',
  /** it is in another record than the one with which it came */
  'image-elsewhere',
] as const

export type Refusal = (typeof REFUSALS)[number]
export type Remark = (typeof REMARKS)[number]

export interface Finding {
  readonly code: Refusal | Remark
  /** of the source; absent: the row as a whole */
  readonly column?: string
  /** of an image: in whose record it is, or would be */
  readonly patientId?: string
}

export const IGNORED = 'ignored' satisfies Refusal

const refusals: ReadonlySet<string> = new Set(REFUSALS)

/** Whether a row with this finding becomes nothing. */
export function isRefusal({ code }: Finding): boolean {
  return refusals.has(code)
}

/** Said of many rows for one reason: how often is enough, and no row is told for it alone. */
const HABITS: ReadonlySet<string> = new Set<Remark>(['practitioner-unknown', 'birth-name-assumed'])

/** Whether the row itself should be looked at. */
export function isAboutTheRow({ code }: Finding): boolean {
  return !HABITS.has(code)
}
