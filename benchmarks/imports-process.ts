/**
 * Writes a practice program's export, takes it over twice, and prints what that took, as JSON. For the question `imports`.
 *
 *     node benchmarks/imports-process.ts sqlite|postgresql PATIENTS FOLDER
 */
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { consoleActor, Installation, importFolder } from '@couronne/practice'
import { inventCrowd, SeededRandom } from '@couronne/samples'
import { startPostgresql } from '../tests/peers/postgresql.ts'

export interface ImportsFigures {
  readonly patients: number
  readonly rows: number
  readonly wallMs: number
  readonly cpuMs: number
  /** largest resident set of the process */
  readonly peakBytes: number
  /** the same export once more, of which nothing has changed */
  readonly againMs: number
}

const PROCEDURES_A_PATIENT = 10
/** Sixteen years of them, in the order of days. */
const DAYS = 5_800
/** Code, label, a tooth or none, the fee. */
const PROCEDURES = [
  ['HBJD001', 'Détartrage complet sus- et sous-gingival', '', '28,92'],
  ['HBMD058', 'Restauration d’une dent sur 1 face', '36', '26,97'],
  ['HBQK389', 'Radiographie intrabuccale rétroalvéolaire', '46', '7,98'],
  ['HBGD036', 'Avulsion d’une dent permanente', '48', '33,44'],
  ['C', 'Consultation', '', '23,00'],
] as const

if (import.meta.main) {
  const [engine, count, folder = ''] = process.argv.slice(2)
  const patients = Number(count)
  const server = engine === 'postgresql' ? await startPostgresql() : undefined
  try {
    const database = await server?.makeDatabase()
    const source = join(folder, 'export')
    mkdirSync(source, { recursive: true })
    await writeLines(join(source, 'patients.csv'), patientLines(patients))
    await writeLines(join(source, 'actes.csv'), procedureLines(patients))
    await writeLines(join(source, 'documents.csv'), ['NumDoc;NumPat;Fichier;Titre;Date;Type'])
    await using installation = await Installation.start({
      folder: join(folder, 'data'),
      keyFolder: join(folder, 'keys'),
      now: () => Temporal.Now.instant(),
      env: {},
      ...(database === undefined ? {} : { database }),
    })
    const owner = { login: 'camille', displayName: 'Dr Exemple', password: 'gencive-arc-en-ciel-27', language: 'fr' } as const
    const { practice } = await installation.createPractice({ name: 'Cabinet d’exemple', facts: {}, owner })
    const actor = await consoleActor(practice, undefined, ['imports'])
    const takeOver = () => importFolder(practice, actor, 'csv', source, { isDry: false })
    const before = process.cpuUsage()
    const [report, wallMs] = await timed(takeOver)
    const { user, system } = process.cpuUsage(before)
    const peakBytes = process.resourceUsage().maxRSS * 1024
    const rows = patients * (1 + PROCEDURES_A_PATIENT)
    requireCounts(report.tables, 'added', rows)
    const [again, againMs] = await timed(takeOver)
    requireCounts(again.tables, 'same', rows)
    const figures = { patients, rows, wallMs, cpuMs: (user + system) / 1000, peakBytes, againMs } satisfies ImportsFigures
    console.log(JSON.stringify(figures))
  } finally {
    await server?.stop()
  }
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const started = performance.now()
  const result = await work()
  return [result, performance.now() - started]
}

function requireCounts(
  tables: readonly { readonly added: number; readonly same: number }[],
  what: 'added' | 'same',
  rows: number,
) {
  const sum = tables.reduce((all, table) => all + table[what], 0)
  if (sum !== rows) throw new Error(`${rows} rows were to be ${what}, and ${sum} are`)
}

/** As such programs write: windows-1252, semicolons. */
async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const bytes = Readable.from(lines, { objectMode: true }).map((line: string) => Buffer.from(`${line}\r\n`, 'latin1'))
  await pipeline(bytes, createWriteStream(path))
}

function* patientLines(count: number): Generator<string> {
  yield 'NumPat;Nom;NomNaiss;Prenom;DateNaiss;Sexe;NumSS;Adresse;CP;Ville;Tel'
  for (const { number, birthName, givenNames, bornOn, sex, telephones } of inventCrowd(new SeededRandom('imports'), count)) {
    const address = `${(number % 90) + 1} rue des Tilleuls;69003;Lyon`
    yield `${number};${birthName};${birthName};${givenNames.join(' ')};${frenchDay(bornOn)};${sex};;${address};${telephones[0] ?? ''}`
  }
}

function* procedureLines(patients: number): Generator<string> {
  yield 'NumActe;NumPat;Date;Code;Libelle;Dent;Montant;Prat'
  const count = patients * PROCEDURES_A_PATIENT
  const stride = strideThrough(patients)
  for (let at = 0; at < count; at++) {
    const [code, label, tooth, fee] = PROCEDURES[at % PROCEDURES.length]!
    const day = Temporal.PlainDate.from('2010-01-04').add({ days: Math.floor((at / count) * DAYS) })
    yield `${at + 1};${((at * stride) % patients) + 1};${frenchDay(day.toString())};${code};${label};${tooth};${fee};MARTIN`
  }
}

/** Goes through all numbers below `count` once, neighbours far apart: as patients come on one day who were registered years apart. */
function strideThrough(count: number): number {
  let stride = Math.floor(count * 0.618)
  while (gcd(stride, count) !== 1) stride++
  return stride
}

function gcd(one: number, other: number): number {
  return other === 0 ? one : gcd(other, one % other)
}

function frenchDay(day: string): string {
  return day.split('-').toReversed().join('/')
}
