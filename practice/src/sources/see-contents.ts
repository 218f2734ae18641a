/** What is in a source: its format by its files, its tables with examples, and a first draft of what they mean. */
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDicomFile } from '@couronne/formats'
import { parse } from 'yaml'
import { ImportSourceError } from '#errors'
import type { CsvTable } from './csv/csv-source.ts'
import { commonTop, proposePatterns } from './files/propose-patterns.ts'
import type { Profile, WrittenProfile } from './profile-schema.ts'
import { type ProposedColumns, proposeColumns, proposeProfile } from './propose-profile.ts'
import { listTables, lookIntoTable, type TablePlace } from './raw-tables.ts'
import { readFirstRows, type SeenColumn, seeColumns } from './see-table.ts'
import type { RawTable } from './tables.ts'
import type { Entity } from './targets.ts'

const TABLES_MAX = 50
const OTHERS_MAX = 100
const FILES_SEEN_MAX = 20_000

/** By the ends of their names, the surest first. */
const ENDS = {
  xdm: /(^|\/)METADATA\.XML$/i,
  sqlite: /\.(sqlite3?|db3?|s3db)$/i,
  workbook: /\.(xlsx|xlsm|xlsb|xls|ods|fods)$/i,
  csv: /\.(csv|tsv|txt)$/i,
  vcard: /\.vcf$/i,
  icalendar: /\.(ics|ical)$/i,
  fhir: /\.(json|ndjson)$/i,
  dicom: /\.dcm$/i,
} as const
/** Of these a profile maps nothing. */
const SAYS_ITSELF: ReadonlySet<string> = new Set(['xdm', 'dicom', 'vcard', 'icalendar', 'fhir'])
/** What systems leave behind is no database. */
const LEFTOVER = /(^|\/)(thumbs\.db|ehthumbs\.db|desktop\.ini|\.ds_store|\._[^/]*)$/i
/** A medium says so at its top, whatever texts and programs lie beside. */
const MEDIUM = /^([^/]+\/)?DICOMDIR$/i
/** Devices name images by numbers: names without an ending are looked into. */
const MAY_BE_DICOM = /(\.dcm|(^|\/)[^./]+)$/i
const LOOKED_INTO_MAX = 20
const HEAD_BYTES = 132

export interface SeenContents {
  readonly source?: Profile['source']
  readonly type?: string
  readonly tables: readonly SeenTable[]
  readonly proposed?: WrittenProfile
  readonly others: string[]
}

interface SeenTable extends SeenColumns {
  readonly name: string
  /** what its columns would be, whatever somebody says that it holds */
  readonly proposed: Readonly<Record<Entity, ProposedColumns>>
}

interface SeenColumns {
  readonly columns: SeenColumn[]
  readonly rowsSeen: number
  readonly isMore: boolean
  readonly encoding?: string
  readonly delimiter?: string
}

/** @param name of the source, which its profile has */
export async function seeContents(folder: string, name: string, thisYear: number): Promise<SeenContents> {
  const names = await namesBelow(folder)
  const source = await sourceOf(folder, names, thisYear)
  if (source === undefined) return { tables: [], others: names.slice(0, OTHERS_MAX) }
  const profile: WrittenProfile = { couronne: 'import-profile', name, title: { fr: name }, source }
  if (source.type === 'files') {
    const proposed = { ...profile, tables: proposePatterns(names, thisYear) }
    return { type: source.type, source, tables: [], proposed, others: names.slice(0, OTHERS_MAX) }
  }
  if (SAYS_ITSELF.has(source.type)) return { type: source.type, source, tables: [], proposed: profile, others: [] }
  const found = await tablesOf(folder, source, names)
  const tables = await seeTables({ folder, source }, found, thisYear)
  const proposed = propose(tables, source, name)
  const others = names.filter((each) => !found.includes(each) && !('file' in source && each === source.file))
  return {
    type: source.type,
    source,
    tables,
    ...(proposed === undefined ? {} : { proposed }),
    others: others.slice(0, OTHERS_MAX),
  }
}

/** The same of another program's database. */
export async function seeDatabase(place: TablePlace, name: string, thisYear: number): Promise<SeenContents> {
  const tables = await seeTables(place, await listTables(place), thisYear)
  const proposed = propose(tables, place.source, name)
  return { type: place.source.type, tables, ...(proposed === undefined ? {} : { proposed }), others: [] }
}

async function seeTables(place: TablePlace, names: readonly string[], thisYear: number): Promise<SeenTable[]> {
  const tables: SeenTable[] = []
  for (const name of names.slice(0, TABLES_MAX)) {
    const seen = await lookIntoTable(place, name, (raw) => seeColumnsOf(raw, thisYear))
    tables.push({ name, ...seen, proposed: proposeColumns(seen.columns.map((column) => column.name)) })
  }
  return tables
}

async function seeColumnsOf(
  raw: RawTable & Partial<Pick<CsvTable, 'encoding' | 'delimiter'>>,
  thisYear: number,
): Promise<SeenColumns> {
  const first = await readFirstRows(raw)
  return {
    columns: seeColumns(raw.columns, first, thisYear),
    rowsSeen: first.rows.length,
    isMore: first.isMore,
    ...(raw.encoding === undefined ? {} : { encoding: raw.encoding }),
    ...(raw.delimiter === undefined ? {} : { delimiter: raw.delimiter }),
  }
}

/** Databases and workbooks are one file; text files are many, and lie at the top. */
async function sourceOf(folder: string, names: readonly string[], thisYear: number): Promise<Profile['source'] | undefined> {
  if (names.some((name) => ENDS.xdm.test(name))) return { type: 'xdm' }
  if (names.some((name) => MEDIUM.test(name))) return { type: 'dicom' }
  const top = commonTop(names)
  const isAtTop = (name: string) => !name.includes('/', top.length)
  for (const type of ['sqlite', 'workbook'] as const) {
    const file = names.find((name) => isAtTop(name) && ENDS[type].test(name))
    if (file !== undefined) return { type, file }
  }
  // Tables are files of the folder itself, whose rows name what lies below.
  if (names.some((name) => !name.includes('/') && ENDS.csv.test(name))) return { type: 'csv' }
  for (const type of ['vcard', 'icalendar'] as const)
    if (names.some((name) => isAtTop(name) && ENDS[type].test(name))) return { type }
  if (names.some((name) => ENDS.fhir.test(name))) return { type: 'fhir' }
  if (names.every((name) => MAY_BE_DICOM.test(name)) && (await hasImages(folder, names))) return { type: 'dicom' }
  if (proposePatterns(names, thisYear) !== undefined) return { type: 'files' }
  return names.some((name) => ENDS.dicom.test(name)) || (await hasImages(folder, names)) ? { type: 'dicom' } : undefined
}

async function hasImages(folder: string, names: readonly string[]): Promise<boolean> {
  for (const name of names.filter((each) => MAY_BE_DICOM.test(each)).slice(0, LOOKED_INTO_MAX)) {
    await using file = await open(join(folder, name))
    const head = Buffer.alloc(HEAD_BYTES)
    await file.read(head, 0, HEAD_BYTES, 0)
    if (isDicomFile(head)) return true
  }
  return false
}

async function tablesOf(folder: string, source: Profile['source'], names: readonly string[]): Promise<readonly string[]> {
  if (source.type !== 'csv') return listTables({ folder, source })
  return names.filter((name) => ENDS.csv.test(name) && !name.includes('/'))
}

function propose(tables: readonly (SeenColumns & { name: string })[], source: Profile['source'], name: string) {
  const seen = tables.map((table) => ({ name: table.name, columns: table.columns.map((column) => column.name) }))
  const yaml = proposeProfile(seen, name)
  return yaml === undefined ? undefined : { ...(parse(yaml) as WrittenProfile), source }
}

/** With `/` between folders, those at the top first. @throws {ImportSourceError} nothing is there */
async function namesBelow(folder: string): Promise<string[]> {
  const names: string[] = []
  const folders = ['']
  for (let below = folders.shift(); below !== undefined && names.length < FILES_SEEN_MAX; below = folders.shift()) {
    const entries = await readdir(join(folder, below), { withFileTypes: true })
    for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory()) folders.push(path)
      else if (entry.isFile() && !LEFTOVER.test(entry.name)) names.push(path)
    }
  }
  if (names.length === 0) throw new ImportSourceError('the folder of this source is empty')
  return names
}
