/** Rows of a batch, mapped, with what the database says of all that they name: asked once for the batch. */
import { hash } from 'node:crypto'
import { type MappedRow, mapRow, type SourceRow, type SourceTable } from '#sources'
import { keyOfItsOwn } from '../decisions.ts'
import { type KnownRow, loadByFileNumber, loadKnown } from '../store.ts'
import { Targets } from './links.ts'
import { findOurPatients } from './our-patients.ts'
import type { TableRun } from './table-run.ts'

export type MappedSourceRow = SourceRow & { readonly mapped: MappedRow; readonly rowDigest: string }

export interface Batch {
  readonly run: TableRun
  readonly table: SourceTable
  readonly rows: readonly MappedSourceRow[]
  readonly known: ReadonlyMap<string, KnownRow>
  readonly patients: Awaited<ReturnType<typeof loadPatients>>
  /** patients of ours by file number */
  readonly numbers: ReadonlyMap<string, string>
  readonly targets: Targets
}

export async function loadBatch(run: TableRun, table: SourceTable, source: readonly SourceRow[]): Promise<Batch> {
  const { db } = run.practice
  const rows = source.map((row) => ({ ...row, mapped: map(run, table, row), rowDigest: digestOf(row.compared ?? row.raw) }))
  const made = rows.map(({ mapped }) => mapped)
  return {
    run,
    table,
    rows,
    known: await loadKnown(db, run, run.table, [...new Set(rows.flatMap((row) => keysOf(run, row)))]),
    patients: await loadPatients(run, table, made),
    numbers: await loadByFileNumber(
      db,
      run.practiceId,
      made.flatMap(({ fileNumber }) => fileNumber ?? []),
    ),
    targets: await Targets.load(
      run,
      made.flatMap(({ links = [] }) => links),
    ),
  }
}

/** Its own, and the one that it has where somebody has let it in beside another row of the same key. */
function keysOf({ decisions, table }: TableRun, { mapped: { key }, rowDigest }: MappedSourceRow): string[] {
  if (key === undefined) return []
  return decisions.row(table, rowDigest)?.kind === 'accept' ? [key, keyOfItsOwn(key, rowDigest)] : [key]
}

function map(run: TableRun, table: SourceTable, row: SourceRow): MappedRow {
  if ('map' in row) return row.map(run.context)
  if (table.kind === 'entries') throw new Error('a row of columns in a table that has none')
  return mapRow(row.row, table.profile, { ...run.context, dayFormats: table.dayFormats })
}

/** Patients whom this run or an earlier one has taken; their ids where a row names other rows of theirs. */
async function loadPatients(run: TableRun, table: SourceTable, rows: readonly MappedRow[]) {
  if (table.kind === 'columns' && table.patientsBy !== undefined) {
    const keys = rows.flatMap(({ patientKey }) => patientKey ?? [])
    const ours = await findOurPatients(run.practice.db, run.practiceId, table.patientsBy, new Set(keys))
    const oursOf = (key: string | undefined) => (key === undefined ? undefined : ours.get(key))
    return { has: (key: string) => ours.has(key), idOf: oursOf, oursOf }
  }
  const isAsked = ({ patientKey, links = [], content }: MappedRow) =>
    patientKey !== undefined &&
    (links.length > 0 || content?.kind === 'file' || content?.kind === 'image' || !run.patients.has(patientKey))
  const asked = rows.filter(isAsked).map(({ patientKey }) => patientKey ?? '')
  const known = await loadKnown(run.practice.db, run, run.patientTable, [...new Set(asked)])
  return {
    has: (key: string) => run.patients.has(key) || known.has(key),
    idOf: (key: string) => known.get(key)?.patient_id,
    oursOf: () => undefined,
  }
}

export function digestOf(raw: string): string {
  return hash('sha256', raw, 'hex').slice(0, 32)
}
