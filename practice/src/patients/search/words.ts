/**
 * The words by which a patient is found, and how they are kept: for each patient the words of all names, the day of birth, telephones, file
 * number and INS; for each different word of a name, how it sounds and what is left of it without one letter.
 *
 * Everything is written in the transaction of the change that it follows. A word that nobody bears any more goes too: the name of a patient
 * whose record was destroyed stays nowhere.
 */
import { sql } from 'kysely'
import type { Db, Tx } from '#database'
import { foldIns, foldNumber, foldTelephone, foldWords, TEXT_UNITS_MAX } from './fold.ts'
import { soundOf } from './sound.ts'

/** What is known of a patient that people look for. */
export interface PatientWords {
  readonly id: string
  /** {@link sortNameOf} */
  readonly sortName: string
  readonly birthName: string
  readonly usedName?: string | undefined
  readonly givenNames: readonly string[]
  readonly usedGivenName?: string | undefined
  /** `YYYY-MM-DD`, or a month or a year where no more is known */
  readonly bornOn?: string | undefined
  readonly telephones: readonly string[]
  readonly fileNumber: string
  readonly ins?: string | undefined
}

/** Signs before what is no name. None of them means anything to LIKE, and no folded name has one. */
export const SIGNS = { born: '@', phone: '+', number: '#', ins: '=' } as const
const SOUND_SIGN = '!'
const SLIP_SIGN = '~'

const TELEPHONES_MAX = 6
const NAME_WORDS_MAX = 24
/** PostgreSQL's indexes hold rows of 2,704 bytes at most; a unit of UTF-16 takes up to three. */
const LINE_UNITS_MAX = 600
/** Words that are shorter resemble too many others. */
export const SLIP_UNITS_MIN = 4
const PATIENTS_A_BATCH = 10_000

/** Where a patient stands in lists: the name that they use, then the given name, folded. */
export function sortNameOf(names: Pick<PatientWords, 'birthName' | 'usedName' | 'givenNames' | 'usedGivenName'>): string {
  const family = names.usedName?.trim() ? names.usedName : names.birthName
  const given = names.usedGivenName?.trim() ? names.usedGivenName : (names.givenNames[0] ?? '')
  return [...foldWords(family), ...foldWords(given)]
    .join(' ')
    .slice(0, TEXT_UNITS_MAX)
    .replace(/ ?[\ud800-\udbff]?$/, '')
}

/** Makes these the words of a patient, whatever they were before. */
export async function indexPatient(tx: Tx, practiceId: string, patient: PatientWords): Promise<void> {
  await indexPatients(tx, practiceId, [patient])
}

/**
 * As {@link indexPatient}, for many at once; the last one counts where a patient comes twice. Rows are written in the table's order: the more
 * at once, up to ten thousand, the more of them go to one page. On the embedded database nobody else is served meanwhile.
 */
export async function indexPatients(tx: Tx, practiceId: string, patients: Iterable<PatientWords>): Promise<void> {
  const each = [...new Map([...patients].map((patient) => [patient.id, patient])).values()]
  for (let done = 0; done < each.length; done += PATIENTS_A_BATCH)
    await replaceLines(tx, practiceId, each.slice(done, done + PATIENTS_A_BATCH).map(lineOf))
}

/** Takes patients out of the search, and the words that nobody else bears with them. Those who are not there are passed over. */
export async function forgetPatients(tx: Tx, practiceId: string, patientIds: readonly string[]): Promise<void> {
  for (let done = 0; done < patientIds.length; done += PATIENTS_A_BATCH) {
    const ids = patientIds.slice(done, done + PATIENTS_A_BATCH)
    const lines = await takeOut(tx, practiceId, ids)
    await tx.deleteFrom('patient_index').where('practice_id', '=', practiceId).where('patient_id', 'in', ids).execute()
    await forgetNames(tx, practiceId, namesOf(lines))
  }
}

interface Line {
  readonly patientId: string
  readonly line: string
  readonly words: readonly string[]
}

/** A patient's words: those of the sort name first, so that rows of one word come in the list's order. Numbers are not in the line. */
export function lineOf(patient: PatientWords): Line {
  const sortWords = patient.sortName.split(' ').filter((word) => word !== '')
  const born = patient.bornOn ? [SIGNS.born + patient.bornOn.slice(0, 10)] : []
  const numbers = [
    ...patient.telephones.slice(0, TELEPHONES_MAX).map((telephone) => SIGNS.phone + foldTelephone(telephone)),
    SIGNS.number + foldNumber(patient.fileNumber),
    ...(patient.ins ? [SIGNS.ins + foldIns(patient.ins)] : []),
  ].filter((word) => word.length > 1)
  const texts = [patient.usedName, patient.birthName, patient.usedGivenName, ...patient.givenNames]
  const names = new Set([...sortWords, ...texts.flatMap((text) => namesIn(text ?? ''))].slice(0, 4 * NAME_WORDS_MAX))
  const others = [...names].slice(0, NAME_WORDS_MAX).filter((word) => !sortWords.includes(word))
  let line = ` ${patient.sortName} `
  const words = new Set(sortWords)
  for (const word of [...born, ...others]) {
    if (line.length + word.length + 1 > LINE_UNITS_MAX) break
    line += `${word} `
    words.add(word)
  }
  return { patientId: patient.id, line, words: [...words, ...new Set(numbers)] }
}

/** The words of one name, each two that stand beside each other as one, and all as one: `Jean-Pierre` is also `jeanpierre`. */
function namesIn(text: string): string[] {
  const written = foldWords(text)
  const words = written.map((word) => LONG_WORDS[word] ?? word)
  if (words.some((word, i) => word !== written[i])) return [...joinedIn(written), ...joinedIn(words)]
  return joinedIn(words)
}

/** `St Malo` is also found as `Saint-Malo`. */
const LONG_WORDS: Readonly<Record<string, string>> = { st: 'saint', ste: 'sainte' }

function joinedIn(words: readonly string[]): string[] {
  if (words.length < 2) return [...words]
  const pairs = words.slice(1).map((word, i) => words[i] + word)
  return [...words, ...pairs, words.join('')].filter((word) => word.length <= TEXT_UNITS_MAX / 4)
}

async function replaceLines(tx: Tx, practiceId: string, lines: readonly Line[]): Promise<void> {
  const ids = lines.map(({ patientId }) => patientId)
  const before = await takeOut(tx, practiceId, ids)
  await sql`
    insert into patient_index (patient_id, practice_id, line, words)
    select value ->> 0, ${practiceId}, value ->> 1, value ->> 2
    from json_each(${listed(lines.map(({ patientId, line, words }) => [patientId, line, JSON.stringify(words)]))}) as each_line
    where true
    on conflict (patient_id) do update set line = excluded.line, words = excluded.words`.execute(tx)
  await sql`
    insert into patient_word (practice_id, word, line, patient_id)
    select ${practiceId}, value ->> 0, value ->> 1, value ->> 2 from json_each(${listed(rowsOf(lines))}) as each_row
    where true
    on conflict do nothing`.execute(tx)
  const names = namesOf(lines)
  await addNames(tx, practiceId, names)
  if (before.length > 0) await forgetNames(tx, practiceId, namesOf(before).difference(names))
}

/** Takes the words of patients away, all but their line in `patient_index`, which stays locked until the transaction ends. */
async function takeOut(tx: Tx, practiceId: string, patientIds: readonly string[]): Promise<Line[]> {
  const rows = await tx
    .updateTable('patient_index')
    .set((set) => ({ line: set.ref('line') }))
    .where('practice_id', '=', practiceId)
    .where('patient_id', 'in', patientIds)
    .returning(['patient_id', 'line', 'words'])
    .execute()
  const lines = rows.map((row): Line => ({ patientId: row.patient_id, line: row.line, words: JSON.parse(row.words) as string[] }))
  if (lines.length > 0)
    await sql`
      delete from patient_word where practice_id = ${practiceId} and (word, line, patient_id) in
      (select value ->> 0, value ->> 1, value ->> 2 from json_each(${listed(rowsOf(lines))}) as each_row)`.execute(tx)
  return lines
}

/** In the order of the table's key: rows that go to one page come together. */
function rowsOf(lines: readonly Line[]): (readonly [word: string, line: string, patientId: string])[] {
  const rows = lines.flatMap(({ patientId, line, words }) =>
    words.map((word) => [word, isNumber(word) ? '' : line, patientId] as const),
  )
  return rows.sort(([one, oneLine], [other, otherLine]) => compare(one, other) || compare(oneLine, otherLine))
}

/** A telephone, file number or INS: so few have the same that their rows do without the line. */
export function isNumber(word: string): boolean {
  return word.startsWith(SIGNS.phone) || word.startsWith(SIGNS.number) || word.startsWith(SIGNS.ins)
}

function namesOf(lines: readonly Line[]): Set<string> {
  const signs: readonly string[] = Object.values(SIGNS)
  return new Set(lines.flatMap(({ words }) => words).filter((word) => !signs.includes(word.charAt(0))))
}

interface KeyedName {
  readonly word: string
  readonly keys: readonly string[]
}

async function addNames(tx: Tx, practiceId: string, names: ReadonlySet<string>): Promise<void> {
  const keyed = [...names].map((word) => ({ word, keys: keysOf(word) })).filter(({ keys }) => keys.length > 0)
  const known = await knownNames(tx, practiceId, keyed)
  const rows = keyed.flatMap(({ word, keys }) => (known.has(word) ? [] : keys.map((key) => [key, word] as const)))
  if (rows.length === 0) return
  rows.sort(([one], [other]) => compare(one, other))
  await sql`
    insert into name_key (practice_id, key, word)
    select ${practiceId}, value ->> 0, value ->> 1 from json_each(${listed(rows)}) as each_row
    where true
    on conflict do nothing`.execute(tx)
}

async function knownNames(db: Db, practiceId: string, names: readonly KeyedName[]): Promise<Set<string>> {
  const first = names.map(({ word, keys: [key = ''] }) => [key, word])
  const { rows } = await sql<{ word: string }>`
    select word from name_key where practice_id = ${practiceId} and (key, word) in
    (select value ->> 0, value ->> 1 from json_each(${listed(first)}) as each_word)`.execute(db)
  return new Set(rows.map(({ word }) => word))
}

/**
 * Forgets how words sound that nobody bears. Somebody who is given such a name in this very moment by another transaction is found by it as
 * it is written, and by its sound from the next change on.
 */
async function forgetNames(tx: Tx, practiceId: string, names: ReadonlySet<string>): Promise<void> {
  if (names.size === 0) return
  const { rows } = await sql<{ word: string }>`
    select value ->> 0 as word from json_each(${listed([...names].map((word) => [word]))}) as each_word
    where not exists (select 1 from patient_word where practice_id = ${practiceId} and word = value ->> 0)`.execute(tx)
  const gone = rows.flatMap(({ word }) => keysOf(word).map((key) => [key, word]))
  if (gone.length > 0)
    await sql`
      delete from name_key where practice_id = ${practiceId} and (key, word) in
      (select value ->> 0, value ->> 1 from json_each(${listed(gone)}) as each_key)`.execute(tx)
}

/** Under what a word of a name is kept in `name_key`. */
function keysOf(word: string): readonly string[] {
  const sound = soundKey(word)
  return [...(sound === undefined ? [] : [sound]), ...slipKeys(word)]
}

/** The key of all words that sound like this one. */
export function soundKey(word: string): string | undefined {
  const sound = word.length < 3 ? undefined : soundOf(word)
  return sound === undefined ? undefined : SOUND_SIGN + sound
}

/** The word, and the word without each of its letters: two words that differ by one letter, or by two neighbours' order, share one of them. */
export function slipKeys(word: string): string[] {
  if (word.length < SLIP_UNITS_MIN) return []
  const letters = [...word]
  const shorter = letters.map((_, i) => letters.toSpliced(i, 1).join(''))
  return [...new Set([word, ...shorter])].map((key) => SLIP_SIGN + key)
}

/** Rows as one parameter that both engines take apart alike: an object, for PostgreSQL's json_each knows no arrays. */
function listed(rows: readonly (readonly unknown[])[]): string {
  return JSON.stringify({ ...rows })
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
