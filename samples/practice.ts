/**
 * The sample practice: a folder such as a French dental practice's software leaves on its disk, with the names and kinds of files that
 * backup programs stumble over. Nobody in it is real. The same seed gives the same bytes and times.
 *
 *   node samples/practice.ts FOLDER [--seed TEXT] [--patients 40]
 */
import { cpSync, linkSync, mkdirSync, readdirSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { encodeOdt, encodePhotograph, encodeWindows1252, printRtf, writeLetter } from './documents.ts'
import { encodePatientsCsv, encodeProceduresCsv, writeDatabase } from './exports.ts'
import { frenchDay, inventPeople, inventProcedures, type Person } from './people.ts'
import { makeRadiograph } from './radiograph.ts'
import { SeededRandom } from './random.ts'

export interface PracticeOptions {
  /** `couronne` when absent */
  readonly seed?: string
  /** 40 when absent, which makes about 75 MB; each further one adds about 1.5 MB */
  readonly patients?: number
}

/** What was made. `oddities` says which of the awkward names and files this system could hold. */
export interface Practice {
  readonly folder: string
  readonly patients: number
  readonly files: number
  readonly folders: number
  readonly links: number
  readonly bytes: number
  readonly oddities: readonly string[]
}

const PROCEDURES_PER_PATIENT = 1_000
const NOTICE = `CABINET D'EXEMPLE

Tout est inventé : les patients, le cabinet, les actes et les images dessinées. Les fichiers DICOM du dossier
« Imagerie » sont des fichiers d'essai libres (voir LICENCES.md à côté d'eux).

Everything here is invented: patients, practice, procedures and drawn pictures. The DICOM files in "Imagerie" are
free test files (see LICENCES.md beside them).
`

/**
 * Makes the sample practice in `folder`, which is created and must be empty or absent.
 *
 * @throws when the folder holds something already
 */
export function makePractice(folder: string, options: PracticeOptions = {}): Practice {
  mkdirSync(folder, { recursive: true })
  if (readdirSync(folder).length > 0) throw new Error(`${folder}: not empty, and the sample practice overwrites nothing`)
  const random = new SeededRandom(`practice ${options.seed ?? 'couronne'}`)
  const people = inventPeople(random, options.patients ?? 40)
  writeFileSync(join(folder, 'LISEZ-MOI.txt'), NOTICE)
  writeRecords(random, folder, people)
  for (const person of people) writePatientFolder(random, folder, person)
  cpSync(join(import.meta.dirname, 'dicom'), join(folder, 'Imagerie'), { recursive: true })
  const oddities = writeOddities(random, folder, people)
  const counts = settle(random, Buffer.from(folder))
  return { folder, patients: people.length, ...counts, oddities }
}

function writeRecords(random: SeededRandom, folder: string, people: readonly Person[]): void {
  const procedures = inventProcedures(random, people, people.length * PROCEDURES_PER_PATIENT)
  mkdirSync(join(folder, 'Base'))
  mkdirSync(join(folder, 'Exports'))
  writeDatabase(join(folder, 'Base', 'cabinet.db'), people, procedures)
  writeFileSync(join(folder, 'Exports', 'patients.csv'), encodePatientsCsv(people))
  writeFileSync(join(folder, 'Exports', 'actes.csv'), encodeProceduresCsv(procedures))
}

function writePatientFolder(random: SeededRandom, folder: string, person: Person): void {
  const own = join(folder, 'Patients', folderName(person))
  for (const name of ['Courriers', 'Photos', 'Radios']) mkdirSync(join(own, name), { recursive: true })
  const title = `Cabinet d’exemple, le ${frenchDay(person.bornOn)}. Objet : ${person.givenName} ${person.familyName}`
  const letter = () => writeLetter(random, title, random.between(4, 60))
  writeFileSync(join(own, 'Courriers', 'Compte rendu.txt'), encodeWindows1252(letter().join('\r\n\r\n')))
  writeFileSync(join(own, 'Courriers', 'Lettre au Dr Modèle.rtf'), printRtf(letter()))
  writeFileSync(join(own, 'Courriers', 'Devis n° 1.odt'), encodeOdt(letter()))
  writeFileSync(join(own, 'Photos', 'sourire.png'), encodePhotograph(random, 480, 360))
  const facts = {
    patientName: `${person.familyName}^${person.givenName}`.replaceAll('’', "'"),
    patientId: String(person.number),
    bornOn: String(person.bornOn).replaceAll('-', ''),
    takenOn: '20260312',
    tooth: String(random.between(1, 4) * 10 + random.between(1, 8)),
  }
  const intraOral = makeRadiograph(random, { ...facts, kind: 'intra-oral', width: 640, height: 480 })
  writeFileSync(join(own, 'Radios', `dent ${facts.tooth}.dcm`), intraOral)
  if (!random.chance(0.15)) return
  const panoramic = makeRadiograph(random, { ...facts, kind: 'panoramic', width: 1400, height: 700 })
  writeFileSync(join(own, 'Radios', 'panoramique.dcm'), panoramic)
}

/** What other programs and other systems leave behind. A file system that refuses one of them goes without it. */
function writeOddities(random: SeededRandom, folder: string, people: readonly Person[]): string[] {
  const odd = join(folder, 'À classer')
  mkdirSync(odd)
  const first = people[0] === undefined ? folder : join(folder, 'Patients', folderName(people[0]))
  const note = (name: string) => writeFileSync(name, `${random.below(1e9)}\n`)
  const attempts: readonly (readonly [what: string, make: () => void])[] = [
    ['an empty folder', () => mkdirSync(join(odd, 'Nouveau dossier'))],
    ['an empty file', () => writeFileSync(join(odd, 'vide.txt'), '')],
    ['a no-break space in a name', () => note(join(odd, 'Devis\u00a0signé.txt'))],
    [
      'the same name composed and decomposed',
      () => ['Été.txt'.normalize('NFC'), 'Été.txt'.normalize('NFD')].map((name) => note(join(odd, name))),
    ],
    ['a name of 250 bytes', () => note(join(odd, `${'a'.repeat(246)}.txt`))],
    ['characters beyond 16 bits in a name', () => note(join(odd, 'radio 🦷.txt'))],
    [
      'names that a shell stumbles over',
      () => ['-rf', 'deux  espaces ', 'a"b\'c', 'ligne\nsuivante', '100 % [sûr] *'].map((name) => note(join(odd, name))),
    ],
    ['a name that is not UTF-8', () => writeLatin1Name(odd)],
    ['a hard link', () => linkSync(join(first, 'Photos', 'sourire.png'), join(odd, 'sourire (copie).png'))],
    ['a symbolic link to a folder', () => symlinkSync('../Patients', join(odd, 'Raccourci vers Patients'), 'dir')],
    ['a symbolic link to nothing', () => symlinkSync('../Ancien serveur/base.db', join(odd, 'ancienne base'), 'file')],
    ['a sparse file', () => writeSparse(join(folder, 'Base', 'journal.bin'))],
    ['a read-only file', () => writeFileSync(join(odd, 'lecture seule.txt'), 'ne pas modifier\n', { mode: 0o444 })],
  ]
  return attempts.filter(([, make]) => succeeds(make)).map(([what]) => what)
}

/** `Photo été.txt` in windows-1252: only file systems that take any bytes have it. */
function writeLatin1Name(folder: string): void {
  if (process.platform !== 'linux') throw new Error('names are Unicode here')
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from('Photo été.txt', 'latin1')]), 'nom en windows-1252\n')
}

function writeSparse(path: string): void {
  writeFileSync(path, 'journal\n')
  truncateSync(path, 1024 * 1024)
}

function succeeds(make: () => void): boolean {
  try {
    make()
    return true
  } catch {
    return false
  }
}

/** Gives every file and folder a time of the seed, folders after what is in them, and counts. Works on bytes, for the name that is not UTF-8. */
function settle(random: SeededRandom, folder: Buffer): { files: number; folders: number; links: number; bytes: number } {
  const counts = { files: 0, folders: 0, links: 0, bytes: 0 }
  const entries = readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })
  entries.sort((one, other) => Buffer.compare(one.name, other.name))
  for (const entry of entries) {
    const path = Buffer.concat([folder, Buffer.from('/'), entry.name])
    if (entry.isSymbolicLink()) {
      counts.links++
    } else if (entry.isDirectory()) {
      const inside = settle(random, path)
      counts.folders += 1 + inside.folders
      counts.files += inside.files
      counts.links += inside.links
      counts.bytes += inside.bytes
    } else {
      counts.files++
      counts.bytes += statSync(path).size
      setTime(random, path)
    }
  }
  setTime(random, folder)
  return counts
}

function setTime(random: SeededRandom, path: Buffer): void {
  const seconds = Date.UTC(2015, 0, 5) / 1000 + random.below(11 * 365 * 86_400) + random.below(1000) / 1000
  utimesSync(path, seconds, seconds)
}

function folderName(person: Person): string {
  return `${String(person.number).padStart(8, '0')} ${person.familyName} ${person.givenName}`
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: 'string' }, patients: { type: 'string' } },
  })
  const [folder] = positionals
  if (folder === undefined) {
    console.error('usage: node samples/practice.ts FOLDER [--seed TEXT] [--patients NUMBER]')
    process.exitCode = 2
  } else {
    const { seed, patients } = values
    console.log(
      makePractice(folder, {
        ...(seed === undefined ? {} : { seed }),
        ...(patients === undefined ? {} : { patients: Number(patients) }),
      }),
    )
  }
}
