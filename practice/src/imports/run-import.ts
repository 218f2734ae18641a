/** An import from its beginning to its report. Killed at any moment, the next run finds what is there and goes on. */
import { ImportSourceError } from '#errors'
import type { Actor, OpenPractice } from '#open-practice'
import { type BodyOf, loadStewardProposals, parseBody } from '#patients'
import { type AskPassword, loadProfile, openSource, type Profile, type Source } from '#sources'
import { loadTimeZone, loadToday } from '#today'
import { loadDecisions } from './decision-store.ts'
import { type ImportReport, TableCount } from './report.ts'
import { importImages } from './rows/import-images.ts'
import { importTable } from './rows/import-table.ts'
import { KeyMap } from './rows/key-map.ts'
import type { TakenRows } from './rows/links.ts'
import { loadPractitioners } from './rows/practitioners.ts'
import type { LookedAt, TableRun } from './rows/table-run.ts'
import { beginRun, endRun, ensureSource, goOnWithRun } from './store.ts'

export interface ImportRunOptions {
  /** nothing is written but the report */
  readonly isDry: boolean
  /** tables that are empty, and that is right */
  readonly mayBeEmpty?: readonly string[]
  readonly onRow?: (table: string, row: LookedAt) => void
  readonly onProgress?: (rows: number, total: number) => void
  /** of another program's database; absent: none is read */
  readonly askPassword?: AskPassword
  /** a run that a stop or a kill has left: it goes on */
  readonly runId?: string
  /** told the run's id before the first row */
  readonly onRun?: (runId: string) => Promise<void>
  readonly signal?: AbortSignal
}

/**
 * The files of a folder, as a profile says.
 *
 * @param profileName of one that comes with the program, or a YAML file's path
 * @throws {NotFoundError} no such profile; {@link ImportSourceError} it does not fit the files; as {@link runImport}
 */
export async function importFolder(
  practice: OpenPractice,
  actor: Actor,
  profileName: string,
  folder: string,
  options: ImportRunOptions,
): Promise<ImportReport> {
  const { profile, yaml } = await loadProfile(profileName)
  await using source = await openSource(folder, profile, yearOf(practice), options.askPassword)
  return await runImport(practice, actor, { profile, source, yaml }, options)
}

export interface ImportedSource {
  readonly profile: Profile
  readonly source: Source
  readonly yaml: string
  /** absent: the source of the profile's name, made when it is not there */
  readonly sourceId?: string
}

/**
 * Takes the rows of a source over, patients first, as people have decided about them.
 *
 * @param actor who answers for it: each version names them
 * @throws {ImportSourceError} when a table has no row: somebody has to say that this is right
 */
export async function runImport(
  practice: OpenPractice,
  actor: Actor,
  { profile, source, yaml, sourceId: named }: ImportedSource,
  { isDry, mayBeEmpty = [], onRow, onProgress, runId: left, onRun, signal }: ImportRunOptions,
): Promise<ImportReport> {
  requireRows(source.tables, mayBeEmpty)
  const { db, id: practiceId } = practice
  const patientTable = source.tables.find((table) => table.profile.entity === 'patient')?.profile.name ?? ''
  const sourceId = named ?? (await ensureSource(db, practiceId, profile.name, yaml, practice.now()))
  const decisions = await loadDecisions(db, practiceId, sourceId)
  const runId = left ?? (await beginRun(db, practiceId, { sourceId, accountId: actor.accountId, isDry, now: practice.now() }))
  if (left !== undefined) await goOnWithRun(db, practiceId, left, isDry)
  await onRun?.(runId)
  const findPractitioner = await loadPractitioners(db, practiceId)
  const context = { thisYear: yearOf(practice), zone: await loadTimeZone(db, practiceId) }
  const stewardship = await loadStewardship(practice, actor)
  const patients = new KeyMap()
  const fileNumbers = new KeyMap()
  const ignored = new Set<string>()
  // Rows of columns name patients and nothing else.
  const linkable = source.tables.filter(({ kind }) => kind === 'entries')
  const taken: TakenRows = new Map(linkable.map((table) => [table.profile.name, new KeyMap()]))
  const counts: TableCount[] = []
  const total = source.tables.reduce((sum, { rowCount }) => sum + rowCount, 0)
  const report = () => counts.map((count) => count.report())
  let state: 'done' | 'stopped' = 'stopped'
  try {
    for (const table of source.tables) {
      const { name, notes, profile: tableProfile } = table
      const count = new TableCount({ name, table: tableProfile.name, entity: tableProfile.entity, notes })
      counts.push(count)
      const run: TableRun = {
        practice,
        actor,
        source,
        isDry,
        practiceId,
        sourceId,
        runId,
        table: tableProfile.name,
        context,
        findPractitioner,
        ...(stewardship === undefined ? {} : { stewardship }),
        patientTable,
        patients,
        taken,
        fileNumbers,
        decisions,
        ignored,
        count,
        onProgress: () =>
          onProgress?.(
            counts.reduce((sum, { rows }) => sum + rows, 0),
            total,
          ),
        ...(onRow === undefined ? {} : { onRow: (row: LookedAt) => onRow(name, row) }),
        ...(signal === undefined ? {} : { signal }),
      }
      if (table.kind === 'images') await importImages(run, table)
      else await importTable(run, table.kind === 'columns' ? { ...table, profile: decisions.withWords(table.profile) } : table)
    }
    state = 'done'
  } finally {
    await endRun(db, practiceId, runId, { state, tables: report(), now: practice.now() })
  }
  return { runId, source: profile.name, isDry, tables: report() }
}

/**
 * Whose the patients are who come in, where the practice's form says it. A practitioner's own patients are theirs by contract, and nobody's
 * for having pressed the button: there people say it.
 */
async function loadStewardship({ db, id, now }: OpenPractice, actor: Actor): Promise<BodyOf<'stewardship'> | undefined> {
  const today = await loadToday(db, id, now())
  const { first } = await loadStewardProposals(db, id, actor, today)
  return first === undefined || first.steward.kind === 'practitioner'
    ? undefined
    : parseBody('stewardship', { ...first, from: today })
}

function requireRows(tables: Source['tables'], mayBeEmpty: readonly string[]): void {
  const empty = tables.filter(
    ({ rowCount, profile, name }) => rowCount === 0 && !profile.mayBeEmpty && !mayBeEmpty.includes(name),
  )
  if (empty.length > 0)
    throw new ImportSourceError(`${empty.map(({ name }) => name).join(', ')}: not one row. If that is right, say so`, {
      about: { emptyTables: empty.length, tables: empty.map(({ name }) => name).join('\n') },
    })
}

function yearOf(practice: OpenPractice): number {
  return practice.now().toZonedDateTimeISO('UTC').year
}
