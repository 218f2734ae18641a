/**
 * All tables on one page. The same on both engines, hence the plainest types: ids are text (UUID version 7), instants are ISO 8601 text in
 * UTC with milliseconds, days are `YYYY-MM-DD`, claims are 0 or 1, JSON is text. `migrations/` makes them.
 *
 * `practice_id` is the shard key: it stands in every row that belongs to a practice, and every query names it.
 */
import type { Kysely, Transaction } from 'kysely'
import type { Role } from '#rights'

export interface Tables {
  practice: PracticeTable
  setting: SettingTable
  practitioner: PractitionerTable
  practice_role: PracticeRoleTable

  account: AccountTable
  passkey: PasskeyTable
  recovery_code: RecoveryCodeTable
  api_token: ApiTokenTable
  session: SessionTable
  challenge: ChallengeTable
  known_device: KnownDeviceTable
  failed_sign_in: FailedSignInTable
  broken_glass: BrokenGlassTable
  notice: NoticeTable

  patient: PatientTable
  patient_word: PatientWordTable
  patient_index: PatientIndexTable
  name_key: NameKeyTable
  record_entry: RecordEntryTable
  record_version: RecordVersionTable
  record_limit: RecordLimitTable
  patient_link: PatientLinkTable

  match_due: MatchDueTable
  match_key: MatchKeyTable
  match_index: MatchIndexTable
  duplicate_pair: DuplicatePairTable

  import_source: ImportSourceTable
  import_run: ImportRunTable
  import_row: ImportRowTable
  import_left: ImportLeftTable
  import_chunk: ImportChunkTable
  import_person: ImportPersonTable
  import_duplicate: ImportDuplicateTable
  import_setting: ImportSettingTable
  import_file: ImportFileTable
  import_decision: ImportDecisionTable

  job: JobTable

  completeness_facts: CompletenessFactsTable
  completeness_record: CompletenessRecordTable
  completeness_finding: CompletenessFindingTable
  completeness_waiver: CompletenessWaiverTable
  completeness_trend: CompletenessTrendTable
  image_study: ImageStudyTable
  image_series: ImageSeriesTable
  image_instance: ImageInstanceTable
  image_import: ImageImportTable

  document_object: DocumentObjectTable
  document_upload: DocumentUploadTable
  'keyring.document_key': DocumentKeyTable

  journal_entry: JournalEntryTable
  journal_shown: JournalShownTable
  journal_head: JournalHeadTable

  idempotency_key: IdempotencyKeyTable
}

/** The database of an installation, or a transaction in it. */
export type Db = Kysely<Tables>
export type Tx = Transaction<Tables>

// The practice

interface PracticeTable {
  id: string
  name: string
  /** JSON: legal form, SIRET, FINESS, address, telephone… (`people/contract.ts`) */
  facts: string
  created_at: string
  /** 1: invented, for trying */
  is_sample: number
}

interface SettingTable {
  practice_id: string
  name: string
  /** JSON */
  value: string
  changed_at: string
  changed_by: string
}

interface PractitionerTable {
  id: string
  practice_id: string
  family_name: string
  given_name: string
  /** 11 digits, or null where it is not known */
  rpps: string | null
  created_at: string
}

/** Under which contract somebody practises here, and when: decides what leaves with them. */
interface PracticeRoleTable {
  id: string
  practice_id: string
  practitioner_id: string
  /** `people/contract.ts`: titulaire, associé, collaborateur libéral, salarié, remplaçant */
  status: string
  from_on: string
  to_on: string | null
}

// People

interface AccountTable {
  id: string
  practice_id: string
  /** what is typed at sign-in, folded to lower case; one account each */
  login: string
  display_name: string
  email: string | null
  role: Role
  practitioner_id: string | null
  language: 'fr' | 'en'
  /** invited: has a link and no password yet */
  state: 'invited' | 'active' | 'disabled'
  /** PHC string, argon2id */
  password_hash: string | null
  password_changed_at: string | null
  /** SHA-256 of the invitation's secret, hex */
  invitation_hash: string | null
  invitation_ends_at: string | null
  /** 1: whoever accepts it loses their second factors, because they asked for that */
  invitation_resets: number | null
  /** a role that must have a second factor has none: from then on nothing else works */
  second_factor_due_at: string | null
  /** the TOTP secret, sealed with the practice's key */
  totp_sealed: Uint8Array | null
  /** the last 30-second step that was accepted: a code counts once */
  totp_step: number | null
  /** who this is at the practice's OpenID Connect provider */
  oidc_subject: string | null
  created_at: string
  created_by: string | null
}

interface PasskeyTable {
  /** the credential's id, base64url */
  id: string
  account_id: string
  practice_id: string
  label: string
  public_key: Uint8Array
  counter: number
  /** JSON array */
  transports: string
  is_backed_up: number
  created_at: string
  last_used_at: string | null
}

interface RecoveryCodeTable {
  account_id: string
  practice_id: string
  /** SHA-256, hex: the codes are random, 80 bits */
  hash: string
  used_at: string | null
}

/** For programs that read through the FHIR door. */
interface ApiTokenTable {
  id: string
  practice_id: string
  account_id: string
  label: string
  /** SHA-256, hex */
  hash: string
  created_at: string
  ends_at: string
  last_used_at: string | null
  revoked_at: string | null
}

interface SessionTable {
  id: string
  practice_id: string
  account_id: string
  /** SHA-256 of the cookie's value, hex */
  hash: string
  created_at: string
  last_seen_at: string
  locked_at: string | null
  ended_at: string | null
  /** when somebody last proved by password or passkey who is there */
  proven_at: string | null
  /** how it was opened: `password+totp`, `passkey`, `oidc`… */
  factors: string
  address: string
  user_agent: string
}

/** Something begun that must be finished soon, once, by the same browser: a second factor, a passkey, a round by the OpenID provider. */
interface ChallengeTable {
  /** SHA-256 of the cookie's value, hex, or of kind and session for what begins in a session */
  id: string
  practice_id: string
  /** `people/challenges.ts` */
  kind: string
  account_id: string | null
  address: string
  /** JSON */
  data: string
  failures: number
  created_at: string
  ends_at: string
}

/** A browser from which this account has signed in before: failures elsewhere do not slow it down. */
interface KnownDeviceTable {
  /** SHA-256 of the cookie's value, hex */
  hash: string
  practice_id: string
  account_id: string
  created_at: string
  last_seen_at: string
}

interface FailedSignInTable {
  practice_id: string
  /** `address:…`, `device:…`, `account:…` (`people/throttle.ts`) */
  bucket: string
  failures: number
  last_at: string
}

interface BrokenGlassTable {
  id: string
  practice_id: string
  account_id: string
  patient_id: string
  reason: string
  at: string
  ends_at: string
}

/** Something that a person of the practice should see on their home page. */
interface NoticeTable {
  id: string
  practice_id: string
  /** whom it is for: a role, or one account */
  role: Role | null
  account_id: string | null
  kind: string
  /** JSON; ids only */
  about: string
  at: string
  seen_at: string | null
  seen_by: string | null
}

// Records

/** One row a patient: what the list shows and search finds, drawn from the newest version of the identity. */
interface PatientTable {
  id: string
  practice_id: string
  /** the practice's own, as on its paper files */
  file_number: string
  identity_id: string
  birth_name: string
  used_name: string | null
  given_names: string
  used_given_name: string | null
  sex: string
  /** a day, or a year or a month where no more is known */
  born_on: string | null
  died_on: string | null
  ins: string | null
  telephone: string | null
  /** folded: the order of lists */
  sort_name: string
  created_at: string
  changed_at: string
}

/** One row a patient and word, birth day or number by which they are found (`patients/search/words.ts`). */
interface PatientWordTable {
  practice_id: string
  /** folded: a name as it is, others behind a sign that says what they are */
  word: string
  /** all the patient's words, the list's order first: other words of a question are looked for here, without another row */
  line: string
  patient_id: string
}

/** Under which words a patient stands in `patient_word`, so that they can be taken out again. */
interface PatientIndexTable {
  patient_id: string
  practice_id: string
  line: string
  /** JSON array */
  words: string
}

/** How the words of names sound, and what is left of them without one letter: one row a different word, however many bear it. */
interface NameKeyTable {
  practice_id: string
  key: string
  word: string
}

/** One thing in a record: which version holds, and what lists and rules ask for. */
interface RecordEntryTable {
  id: string
  practice_id: string
  patient_id: string
  /** `patients/kinds/` */
  kind: string
  version: number
  state: 'current' | 'withdrawn'
  /** the day that it is about: care, letter, signature */
  about_on: string | null
  practitioner_id: string | null
  /** procedure, document type, alert category */
  code: string | null
  /** which permission of a role opens it (`patients/kinds/kind.ts`) */
  class: 'administrative' | 'care' | 'documents'
  /** the account that alone may see it: the author of a personal note */
  only_for: string | null
  created_at: string
  changed_at: string
}

/** Every version of every entry. Nothing is changed here; a lawful destruction empties `body` with its salt and nothing else. */
interface RecordVersionTable {
  entry_id: string
  version: number
  practice_id: string
  patient_id: string
  kind: string
  state: 'current' | 'withdrawn'
  /** JSON of the kind's schema; null when it was lawfully destroyed */
  body: string | null
  /** 32 hex digits, destroyed with the body: without them its hash confirms no guess */
  body_salt: string | null
  /** SHA-256, hex */
  body_hash: string
  recorded_at: string
  /** account */
  recorded_by: string
  /** why it was corrected or withdrawn */
  reason: string | null
  /** where it comes from when nobody typed it: import batch, device */
  source: string | null
  /** that of the version before, empty for the first */
  previous_hash: string
  /** SHA-256, hex (`patients/version-hash.ts`) */
  hash: string
}

/** Who alone may open a record in the ordinary way. */
interface RecordLimitTable {
  practice_id: string
  patient_id: string
  /** JSON array of account ids */
  accounts: string
  reason: string
  set_at: string
  set_by: string
}

/** One record joined to another, and what was said when: both stay as they were written. Current while nobody has undone it. */
interface PatientLinkTable {
  id: string
  practice_id: string
  /** whose record shows within the other's */
  patient_id: string
  /** which may itself be joined to another */
  kept_id: string
  reason: string
  joined_at: string
  joined_by: string
  undone_at: string | null
  undone_by: string | null
  undone_reason: string | null
}

// Duplicates

/** Patients who are new or whose identity has changed since they were compared with the others. */
interface MatchDueTable {
  practice_id: string
  patient_id: string
  since: string
}

/** Under which keys those stand who may be the same person (`duplicates/match-keys.ts`). */
interface MatchKeyTable {
  practice_id: string
  key: string
  patient_id: string
}

/** Under which keys a patient stands in `match_key`, so that they can be taken out again. */
interface MatchIndexTable {
  practice_id: string
  patient_id: string
  /** JSON array */
  keys: string
}

/** Two records that may be one person's, and what somebody has said of them. */
interface DuplicatePairTable {
  practice_id: string
  /** the smaller of the two ids */
  one_id: string
  other_id: string
  score: number
  /** JSON: `{ for, against }` (`duplicates/reasons.ts`) */
  reasons: string
  state: 'open' | 'later' | 'different' | 'joined'
  found_at: string
  decided_at: string | null
  decided_by: string | null
  decided_reason: string | null
  /** JSON: the reasons as they were when it was decided */
  decided_on: string | null
}

// Imports

/** Something that is imported from, again and again: a practice program, a folder, a database. */
interface ImportSourceTable {
  id: string
  practice_id: string
  /** the profile's */
  name: string
  /** YAML, as at the last run */
  profile: string
  created_at: string
}

interface ImportRunTable {
  id: string
  practice_id: string
  source_id: string
  account_id: string
  /** 1: looked only */
  is_dry: number
  /** running: or was killed */
  state: 'running' | 'done' | 'stopped'
  /** JSON: counts by table (`imports/report.ts`) */
  report: string
  started_at: string
  ended_at: string | null
}

/** Which row of a source became what: a second run finds it here, and changes nothing that did not change. */
interface ImportRowTable {
  practice_id: string
  source_id: string
  table_name: string
  /** the source's own id of the row */
  key: string
  /** SHA-256 of the row as it stood in the source, 32 hex digits of it */
  digest: string
  run_id: string
  patient_id: string
  /** of what it became */
  entry_id: string
  /** the run that found it changed last; null: it is as it was made */
  changed_run_id: string | null
}

/** A row of which something is to be said, for good: it was refused, or not all of it could be read. */
interface ImportLeftTable {
  practice_id: string
  run_id: string
  table_name: string
  /** where it stands in the source, from 1 */
  line: number
  key: string | null
  is_refused: number
  /** JSON (`sources/findings.ts`) */
  findings: string
  /** as it stood in the source, when it was refused; the others are in chunks */
  raw: string | null
  /** of a refused row, as decisions name it */
  digest: string | null
}

/** Rows as they stood in the source, when they became something: what no column of the profile names is not lost. */
interface ImportChunkTable {
  practice_id: string
  run_id: string
  table_name: string
  first_line: number
  row_count: number
  /** zstd of JSON, a line each: `[line, raw]` */
  rows: Uint8Array
}

/** A patient of a source who would be new: all of them while a run looks for doubles among them, afterwards those whom a pair names. */
interface ImportPersonTable {
  practice_id: string
  run_id: string
  /** of the table of patients */
  line: number
  key: string
  /** JSON: what is compared (`duplicates/traits.ts`) */
  identity: string
  /** a pair names them */
  is_named: number
}

/** A patient of a source who may be somebody whom the practice has, or one further up in the source. */
interface ImportDuplicateTable {
  practice_id: string
  run_id: string
  line: number
  /** among those whom the line resembles, from 0 */
  place: number
  /** of the source; null: a patient of the practice */
  other_line: number | null
  patient_id: string | null
  score: number
  /** JSON (`duplicates/pairs.ts`) */
  reasons: string
}

/** What people say of a source over HTTP; a source that only the command line knows has none. */
interface ImportSettingTable {
  source_id: string
  practice_id: string
  title: string
  /** JSON (`imports/contract.ts`) */
  place: string
  /** of the files that were sent, sealed with the practice's; null: there are none, or none any more */
  files_key: Uint8Array | null
  files_removed_at: string | null
  /** of its database, sealed with the practice's */
  password: Uint8Array | null
  /** `HH:mm` at the practice's own clock: each night then */
  followed_at: string | null
  /** the practice's day on which that was done last */
  followed_on: string | null
  created_by: string
  removed_at: string | null
}

/** A file that was sent for a source, or is being sent: sealed, until it is removed. */
interface ImportFileTable {
  id: string
  practice_id: string
  source_id: string
  /** with `/` between folders */
  path: string
  size_bytes: number
  /** when it was changed last where it comes from, as its sender says */
  modified_ms: number | null
  /** what is on disk, in whole segments */
  received_bytes: number
  begun_at: string
  changed_at: string
}

/** What a person has decided about a source. One that was changed or taken back stays, with its end. */
interface ImportDecisionTable {
  id: string
  practice_id: string
  source_id: string
  /** SHA-256 of what it is about, hex */
  subject: string
  /** the subject while it holds: no two hold at once */
  current_key: string | null
  /** JSON (`imports/decision-schema.ts`) */
  content: string
  decided_by: string
  decided_at: string
  ended_by: string | null
  ended_at: string | null
}

// Jobs

/** Work that takes longer than a request. Who runs it holds it until its lease ends, and renews that. */
interface JobTable {
  id: string
  practice_id: string
  kind: string
  /** JSON: ids, claims, counts */
  about: string
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  /** while it has not ended: no two of one key at once */
  active_key: string | null
  done: number
  total: number | null
  /** a server, for as long as it runs */
  holder: string | null
  lease_ends_at: string | null
  /** how often it was begun without coming to an end */
  attempts: number
  /** 1: somebody has asked for its end */
  is_stopping: number
  started_by: string | null
  created_at: string
  /** of the last attempt */
  started_at: string | null
  ended_at: string | null
  /** JSON: code, message, about */
  error: string | null
}

// Completeness

/** What a record's rules are judged by, drawn from its entries; drawn again when they have changed. */
interface CompletenessFactsTable {
  patient_id: string
  practice_id: string
  /** how many versions the record had (`completeness/stamps.ts`) */
  stamp: string
  /** in which form the text is; another one is drawn again */
  form: string
  /** `completeness/facts-text.ts` */
  facts: string
}

/** How a record was judged last. */
interface CompletenessRecordTable {
  practice_id: string
  patient_id: string
  stamp: string
  /** by which rules, since which day care counts */
  judged_by: string
  judged_on: string
  /** the first day on which the same record may be judged otherwise */
  next_on: string | null
  /** JSON: what was met, missing and waived, by rule (`completeness/tally.ts`) */
  tally: string
  /** of the findings that are kept beside: what did not change is not written */
  digest: string
}

/** What a record lacks today, waived or not. */
interface CompletenessFindingTable {
  practice_id: string
  patient_id: string
  rule: string
  /** an entry, a day of care; empty: the record */
  subject: string
  /** 1 high, 2 medium, 3 low */
  severity: number
  state: 'missing' | 'waived'
  /** the day of what it is about; empty: of none */
  about_on: string
  practitioner_id: string | null
  /** JSON: which of the rule's expectations are not met */
  missing: string
}

/** Why something may be missing. Each change is a version. */
interface CompletenessWaiverTable {
  practice_id: string
  patient_id: string
  rule: string
  subject: string
  version: number
  state: 'waived' | 'withdrawn'
  /** of the finding that it is about: another one is not waived by it */
  same_as: string
  /** null: destroyed with its record */
  reason: string | null
  /** the last day on which it holds; null: without an end */
  until_on: string | null
  at: string
  account_id: string
}

/** Where the practice stood on a day: by rule, in things that it speaks of; under the empty rule, in records. */
interface CompletenessTrendTable {
  practice_id: string
  on_day: string
  rule: string
  met: number
  missing: number
  waived: number
}

// Images

/** A study as a device made it, of one patient as the header names them. Its objects are sealed with one key, which has the study's id. */
interface ImageStudyTable {
  id: string
  practice_id: string
  /** StudyInstanceUID; empty where the header does not read */
  study_uid: string
  /** of whom the header names: a device that gives two patients one study's UID makes two of it here */
  identity_digest: string
  state: 'tray' | 'attached' | 'aside'
  /** why it is, or was, in the tray (`images/contract.ts`) */
  reason: string | null
  patient_id: string | null
  /** the entry of the kind `imagingStudy`, when it is in a record */
  entry_id: string | null
  /** JSON: the patient as the header names them (`images/named-patient.ts`) */
  named: string
  /** JSON: what the first header says of the study (`images/facts.ts`) */
  facts: string
  taken_on: string | null
  /** `dicom:AETITLE` or `import:…` */
  source: string
  instance_count: number
  size_bytes: number
  flagged: number
  /** 1: images came since its entry was last drawn from them */
  is_stale: number
  aside_reason: string | null
  received_at: string
  /** when its last image came */
  changed_at: string
}

interface ImageSeriesTable {
  id: string
  practice_id: string
  study_id: string
  series_uid: string
  number: number | null
  modality: string
  /** JSON (`images/facts.ts`) */
  facts: string
}

/** One file, as it came. */
interface ImageInstanceTable {
  id: string
  practice_id: string
  study_id: string
  series_id: string
  /** SOPInstanceUID; empty where the header does not read */
  sop_uid: string
  sop_class_uid: string
  transfer_syntax_uid: string
  number: number | null
  frames: number
  /** JSON (`images/facts.ts`) */
  facts: string
  /** of the file, hex */
  sha256: string
  /** of its data set alone, hex: the same whoever wrote what stands before it */
  data_sha256: string
  size_bytes: number
  /** SHA-256 of the sealed file, hex */
  sealed_name: string
  sealed_bytes: number
  flag: 'none' | 'same-uid-other-bytes' | 'unreadable'
  received_at: string
}

/** A folder or medium that was gone through. */
interface ImageImportTable {
  id: string
  practice_id: string
  account_id: string
  is_dry: number
  /** running: or was killed */
  state: 'running' | 'done' | 'stopped'
  /** JSON (`images/folders/report.ts`) */
  report: string
  started_at: string
  ended_at: string | null
}

// Documents

interface DocumentObjectTable {
  id: string
  practice_id: string
  patient_id: string
  /** of the original bytes, hex */
  sha256: string
  /** of the same bytes, hex: what FHIR R4 and XDS ask for beside; it proves nothing by itself */
  sha1: string
  size_bytes: number
  media_type: string
  /** the sealed file's name: SHA-256 of its bytes, hex */
  sealed_name: string
  sealed_bytes: number
  preview_name: string | null
  preview_state: 'none' | 'due' | 'made' | 'impossible'
  stored_at: string
  destroyed_at: string | null
}

/** An upload that is not finished. Its id becomes the object's; its key is in the keyring from the start. */
interface DocumentUploadTable {
  id: string
  practice_id: string
  patient_id: string
  account_id: string
  size_bytes: number
  /** what is on disk, in whole segments */
  received_bytes: number
  /** JSON: file name, title… */
  about: string
  /** JSON: what was found when all was there, from the moment when the sealed file may be on its way to its place */
  finished: string | null
  started_at: string
  changed_at: string
}

/** In a database of its own, so that it may be kept in copies for a shorter time than what it opens (decision 0036). */
interface DocumentKeyTable {
  object_id: string
  practice_id: string
  /** the document's key, sealed with the practice's */
  wrapped_key: Uint8Array
  created_at: string
}

// Journal

interface JournalEntryTable {
  practice_id: string
  /** 1, 2, 3… without a gap */
  seq: number
  at: string
  /** null: the program itself */
  account_id: string | null
  role: string | null
  session_id: string | null
  address: string | null
  action: string
  patient_id: string | null
  /** what it is about beside the patient: `kind:id` */
  subject: string | null
  reason: string | null
  /** JSON object; ids, counts, names of fields; never their content */
  details: string
  /** 16 random bytes, hex; null once the entry is emptied */
  salt: string | null
  previous_hash: string
  hash: string
}

/** Whom a list, a search or the diary showed: the entries that name a patient among others. Drawn from their `details`, which the chain holds. */
interface JournalShownTable {
  practice_id: string
  patient_id: string
  seq: number
}

interface JournalHeadTable {
  practice_id: string
  seq: number
  hash: string
}

interface IdempotencyKeyTable {
  practice_id: string
  account_id: string
  key: string
  /** SHA-256 of method, path and body, hex */
  request_hash: string
  status: number
  /** JSON */
  reply: string
  at: string
}
