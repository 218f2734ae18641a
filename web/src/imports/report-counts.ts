/** The numbers of a report: sums, and what is said of how many rows for which reason. Pure. */
import { type ImportRun, REFUSALS, type Refusal, type Remark } from '@couronne/practice/contract'

export type TableReport = ImportRun['tables'][number]

export interface Counts {
  readonly rows: number
  readonly taken: number
  readonly changed: number
  readonly same: number
  readonly repeated: number
  /** that are part of what others became: the place of an appointment, a signature */
  readonly used: number
  readonly refused: number
  /** of which no table says what became of them: never, unless something is broken */
  readonly lost: number
}

export function countsOf(tables: readonly TableReport[]): Counts {
  const sum = (of: (table: TableReport) => number) => tables.reduce((total, table) => total + of(table), 0)
  const counts = {
    rows: sum(({ rows }) => rows),
    taken: sum(({ added }) => added),
    changed: sum(({ changed }) => changed),
    same: sum(({ same }) => same),
    repeated: sum(({ repeated }) => repeated),
    used: sum(({ used }) => used),
    refused: sum(({ refused }) => refused),
  }
  const { rows, taken, changed, same, repeated, used, refused } = counts
  return { ...counts, lost: rows - taken - changed - same - repeated - used - refused }
}

/** Patients of the source who may be somebody already. */
export function duplicatesOf(tables: readonly TableReport[]): TableReport['duplicates'] {
  return tables.reduce(
    (total, { duplicates }) => ({
      practice: total.practice + duplicates.practice,
      source: total.source + duplicates.source,
    }),
    { practice: 0, source: 0 },
  )
}

export interface Reason<C extends string> {
  readonly code: C
  readonly rows: number
  /** names of files, sheets, tables, with how many rows of each */
  readonly tables: readonly { readonly table: string; readonly name: string; readonly rows: number }[]
}

const isRefusal = new Set<string>(REFUSALS)

/** The commonest first. */
export function refusalsOf(tables: readonly TableReport[]): Reason<Refusal>[] {
  return reasonsOf(tables).filter((reason): reason is Reason<Refusal> => isRefusal.has(reason.code))
}

export function remarksOf(tables: readonly TableReport[]): Reason<Remark>[] {
  return reasonsOf(tables).filter((reason): reason is Reason<Remark> => !isRefusal.has(reason.code))
}

function reasonsOf(tables: readonly TableReport[]): Reason<Refusal | Remark>[] {
  const reasons = new Map<Refusal | Remark, { table: string; name: string; rows: number }[]>()
  for (const { table, name, findings } of tables)
    for (const [code, rows] of Object.entries(findings) as [Refusal | Remark, number][])
      if (rows > 0) reasons.set(code, [...(reasons.get(code) ?? []), { table, name, rows }])
  return [...reasons]
    .map(([code, each]) => ({ code, rows: each.reduce((sum, { rows }) => sum + rows, 0), tables: each }))
    .toSorted((one, other) => other.rows - one.rows)
}

/** Whether its rows are files of images, which have no lines and no columns. */
export function isOfImages({ tables }: Pick<ImportRun, 'tables'>): boolean {
  return tables.length > 0 && tables.every(({ entity }) => entity === 'image')
}

/** Whether its rows are files of patients, found by patterns of their paths. */
export function isOfFiles({ tables }: Pick<ImportRun, 'tables'>): boolean {
  return tables.length > 0 && tables.every(({ entity, name }) => entity === 'document' && /\{\w+/.test(name))
}

/** What is, or would be, in the records: new of each kind. */
export function addedOf(tables: readonly TableReport[]): { readonly entity: string; readonly added: number }[] {
  const added = new Map<string, number>()
  for (const table of tables) added.set(table.entity, (added.get(table.entity) ?? 0) + table.added)
  return [...added].filter(([, count]) => count > 0).map(([entity, count]) => ({ entity, added: count }))
}

/** Names of practitioners whom the practice does not know, the commonest first. */
export function unknownPractitionersOf(tables: readonly TableReport[]): { readonly written: string; readonly rows: number }[] {
  const names = new Map<string, number>()
  for (const { unknownPractitioners } of tables)
    for (const [name, rows] of Object.entries(unknownPractitioners)) names.set(name, (names.get(name) ?? 0) + rows)
  return [...names].map(([written, rows]) => ({ written, rows })).toSorted((one, other) => other.rows - one.rows)
}
