/** What is in a source: its format by its files, its tables with examples, and a first draft of what they mean. */
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDicomFile } from '@couronne/formats'
import { parse } from 'yaml'
import { ImportSourceError } from '#errors'
import type { CsvTable } from './csv/csv-source.ts'
import type { Profile, WrittenProfile } from './profile-schema.ts'
import { proposeProfile } from './propose-profile.ts'
import { listTables, lookIntoTable, type TablePlace } from './raw-tables.ts'
import { readFirstRows, type SeenColumn, seeColumns } from './see-table.ts'
import type { RawTable } from './tables.ts'

const TABLES_MAX = 50
const OTHERS_MAX = 100
const FILES_SEEN_MAX = 20_000

/** By the ends of their names, the surest first. */
const ENDS = {
  xdm: /(^|\/)METADATA\.XML$/i,
  sqlite: /\.(sqlite3?|db3?|s3db)$/i,
  workbook: /\.(xlsx|xlsm|xlsb|xls|ods|fods)$/i,
  csv: /\.(csv|tsv|txt)$/i,
  fhir: /\.(json|ndjson)$/i,
  dicom: /\.dcm$/i,
} as const
/** A medium says so at its top, whatever texts and programs lie beside. */
const MEDIUM = /^([^/]+\/)?DICOMDIR$/i
/** Files without an ending that are looked into: devices name images by numbers. */
const LOOKED_INTO_MAX = 20
const HEAD_BYTES = 132

export interface SeenContents {
  readonly source?: Profile['source']
  readonly type?: string
  readonly tables: readonly (SeenColumns & { readonly name: string })[]
  readonly proposed?: WrittenProfile
  readonly others: string[]
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
  const source = sourceOf(names) ?? ((await hasImages(folder, names)) ? ({ type: 'dicom' } as const) : undefined)
  if (source === undefined) return { tables: [], others: names.slice(0, OTHERS_MAX) }
  if (source.type === 'fhir' || source.type === 'xdm' || source.type === 'dicom') {
    const proposed: WrittenProfile = { couronne: 'import-profile', name, title: { fr: name }, source }
    return { type: source.type, source, tables: [], proposed, others: [] }
  }
  const found = await tablesOf(folder, source, names)
  const tables: (SeenColumns & { name: string })[] = []
  for (const table of found.slice(0, TABLES_MAX))
    tables.push({ name: table, ...(await lookIntoTable({ folder, source }, table, (raw) => seeColumnsOf(raw, thisYear))) })
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
  const tables: (SeenColumns & { name: string })[] = []
  for (const table of (await listTables(place)).slice(0, TABLES_MAX))
    tables.push({ name: table, ...(await lookIntoTable(place, table, (raw) => seeColumnsOf(raw, thisYear))) })
  const proposed = propose(tables, place.source, name)
  return { type: place.source.type, tables, ...(proposed === undefined ? {} : { proposed }), others: [] }
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
function sourceOf(names: readonly string[]): Profile['source'] | undefined {
  if (names.some((name) => ENDS.xdm.test(name))) return { type: 'xdm' }
  if (names.some((name) => MEDIUM.test(name))) return { type: 'dicom' }
  for (const type of ['sqlite', 'workbook'] as const) {
    const file = names.find((name) => ENDS[type].test(name))
    if (file !== undefined) return { type, file }
  }
  for (const type of ['csv', 'fhir', 'dicom'] as const) if (names.some((name) => ENDS[type].test(name))) return { type }
  return undefined
}

async function hasImages(folder: string, names: readonly string[]): Promise<boolean> {
  for (const name of names.filter((each) => !/\.[^/]*$/.test(each)).slice(0, LOOKED_INTO_MAX)) {
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
      else if (entry.isFile()) names.push(path)
    }
  }
  if (names.length === 0) throw new ImportSourceError('the folder of this source is empty')
  return names
}
