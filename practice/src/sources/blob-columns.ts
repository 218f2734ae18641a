/**
 * Columns that hold files: bytes of a database, or base64 in a text. Each becomes a document with the bytes that it has; in its row a hash stands
 * in their place, so that a later run sees whether they are others.
 */
import { createHash } from 'node:crypto'
import type { Finding } from './findings.ts'
import type { TableProfile } from './profile.ts'
import type { ColumnRow } from './source.ts'
import { fileInMemory, type SourceFile } from './source-file.ts'
import { columnsOf, type RawTable } from './tables.ts'

/** They are in memory while they are read; larger ones come as files that rows name. */
export const BLOB_BYTES_MAX = 128 * 1024 ** 2
/** Some programs write the type before the bytes: `data:image/jpeg;base64,`. */
const DATA_ADDRESS = /^\s*data:[\w.+-]*\/?[\w.+-]*(?:;[\w=.+-]+)*;base64,/i

export interface TakenBlob {
  /** what stands in the row: a hash in hex; empty: there is nothing, or nothing that can be read */
  readonly text: string
  readonly file?: SourceFile
  readonly finding?: Finding
}

/** @returns the columns that a table's documents are in; empty: it has none such */
export function blobColumns({ fields }: TableProfile): ReadonlySet<string> {
  const rule = fields.bytes
  return new Set(rule === undefined ? [] : columnsOf(rule))
}

/** @param value bytes, or base64 with any blanks */
export function takeBlob(column: string, value: string | Uint8Array | null): TakenBlob {
  const bytes = value === null ? new Uint8Array() : typeof value === 'string' ? fromBase64(value) : value
  if (bytes === undefined) return { text: '', finding: { code: 'not-readable', column } }
  if (bytes.length === 0) return { text: '' }
  if (bytes.length > BLOB_BYTES_MAX) return { text: '', finding: { code: 'line-too-long', column } }
  return { text: createHash('sha256').update(bytes).digest('hex'), file: fileInMemory(bytes) }
}

/** A table of texts, with the files that some of its columns hold. What is refused is kept as it stands, bytes and all. */
export function withBlobs(table: RawTable, profile: TableProfile): RawTable {
  const columns = blobColumns(profile)
  if (columns.size === 0) return table
  return {
    ...table,
    async *rows(signal) {
      for await (const row of table.rows(signal)) yield withFiles(row, columns)
    },
  }
}

function withFiles(given: ColumnRow, columns: ReadonlySet<string>): ColumnRow {
  const row: Record<string, string> = { ...given.row }
  const files = new Map<string, SourceFile>()
  const findings = [...given.findings]
  for (const column of columns) {
    const { text, file, finding } = takeBlob(column, row[column] ?? '')
    row[column] = text
    if (file !== undefined) files.set(column, file)
    if (finding !== undefined) findings.push(finding)
  }
  return { ...given, row, rawTaken: JSON.stringify(Object.values(row)), findings, files }
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(text.replace(DATA_ADDRESS, ''))
  } catch {
    return undefined
  }
}
