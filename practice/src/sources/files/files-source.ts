/**
 * A folder of files, each of a patient whom its path names. A table's `from` is a pattern of paths; a file belongs to the first whose pattern it
 * fits, and one that fits none is told in the first table. Files are known by their bytes: one that was moved or renamed is the same, one that
 * changed is another document, and what was filed before stays.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { DEFAULT_TIME_ZONE } from '#time-zone'
import type { Refusal } from '../findings.ts'
import type { Profile, TableProfile } from '../profile.ts'
import type { ColumnRow, ColumnSource, ColumnTable } from '../source.ts'
import { fileOnDisk, type SourceFile } from '../source-file.ts'
import { agreeOnDays, describeTable, type RawTable } from '../tables.ts'
import { type FilePattern, parseFilePattern } from './file-pattern.ts'
import { type FoundFile, walkFiles } from './walk-files.ts'

/** What a table knows of each file beside the pieces of its path. */
const OWN_COLUMNS = ['path', 'sha256', 'sizeBytes', 'modifiedOn'] as const

interface Placed {
  readonly file: FoundFile
  readonly pieces: Readonly<Record<string, string>>
  readonly refusal?: Refusal
}

/** A table of a folder, with the files that fell to it. */
interface FilesTable {
  readonly top: string
  /** among the profile's tables */
  readonly index: number
  readonly profile: TableProfile
  readonly placed: readonly Placed[]
}

/** @throws {ImportSourceError} when a pattern is none, or a table names columns that its pattern has not */
export async function openFilesSource(folder: string, profile: Profile, thisYear: number): Promise<ColumnSource> {
  const top = await realpath(folder)
  const patterns = profile.tables.map(({ from }) => parseFilePattern(from, thisYear))
  const placed: Placed[][] = patterns.map(() => [])
  for await (const file of walkFiles(top)) place(file, patterns, placed)
  const tables: ColumnTable[] = []
  for (const [index, table] of profile.tables.entries()) {
    const files: FilesTable = { top, index, profile: table, placed: placed[index] ?? [] }
    const columns = [...patterns[index]!.columns, ...OWN_COLUMNS]
    // Days stand in paths: to be described, no file needs to be read.
    const raw: RawTable = { name: table.from.slice(0, 200), columns, notes: [], rows: () => rowsOf(files, async () => '') }
    const described = await describeTable(raw, table, thisYear)
    tables.push({ ...described, patientsBy: patientsBy(table), rows: (signal) => rowsOf(files, hashOf, signal) })
  }
  return {
    tables: agreeOnDays(tables),
    findFile: async (path) => {
      const [index, line] = path.split('/').map(Number)
      const found = placed[index ?? -1]?.[(line ?? 0) - 1]
      return found === undefined || found.refusal !== undefined ? undefined : openBelow(top, found.file.path)
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

function place(file: FoundFile, patterns: readonly FilePattern[], placed: readonly Placed[][]): void {
  const matched = patterns.map((pattern) => pattern.match(file.path))
  const index = matched.findIndex((pieces) => pieces !== undefined)
  const refusal = file.refusal ?? (index < 0 ? 'file-path-wrong' : undefined)
  placed[Math.max(0, index)]?.push({ file, pieces: matched[index] ?? {}, ...(refusal === undefined ? {} : { refusal }) })
}

/** By their number, or by names and birth date where the profile names these. */
function patientsBy({ patient = [] }: TableProfile): 'file-number' | 'names' {
  return patient.length > 1 ? 'names' : 'file-number'
}

async function* rowsOf(
  { top, index, profile, placed }: FilesTable,
  hash: (address: string) => Promise<string | undefined>,
  signal?: AbortSignal,
): AsyncGenerator<ColumnRow> {
  const firsts = new Map<string, string>()
  for (const [i, { file, pieces, refusal }] of placed.entries()) {
    signal?.throwIfAborted()
    const sha256 = refusal === undefined ? await hash(join(top, file.path)) : undefined
    const code = refusal ?? (sha256 === undefined ? 'not-readable' : undefined)
    const name = file.path.slice(file.path.lastIndexOf('/') + 1)
    const known: Readonly<Record<string, string>> = {
      ...pieces,
      sha256: sha256 || `none ${i + 1}`,
      sizeBytes: String(file.sizeBytes),
    }
    // By its place, so that a file is found again whatever its name; the name is what a title falls back to.
    const row = { ...known, path: `${index}/${i + 1}/${name}`, modifiedOn: dayOf(file.modifiedAt) }
    const says = JSON.stringify({ ...known, name })
    const key = profile.key.map((column) => known[column] ?? '').join('|')
    // A second copy says nothing new, whatever it is called.
    const compared = code === undefined ? (firsts.get(key) ?? says) : says
    if (code === undefined) firsts.set(key, compared)
    yield {
      row,
      raw: JSON.stringify({ path: file.path, sha256, sizeBytes: file.sizeBytes }),
      compared,
      line: i + 1,
      findings: code === undefined ? [] : [{ code }],
    }
  }
}

/** What has become a link since it was found leads elsewhere. */
async function openBelow(top: string, path: string): Promise<SourceFile | undefined> {
  const address = await realpath(join(top, path)).catch(() => undefined)
  return address?.startsWith(top + sep) ? fileOnDisk(address) : undefined
}

async function hashOf(address: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    for await (const piece of createReadStream(address)) hash.update(piece as Buffer)
    return hash.digest('hex')
  } catch {
    return undefined
  }
}

function dayOf(instant: Temporal.Instant): string {
  return instant.toZonedDateTimeISO(DEFAULT_TIME_ZONE).toPlainDate().toString()
}
