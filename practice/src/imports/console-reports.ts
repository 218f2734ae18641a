/** Reports of imports at the practice's own machine: a look like any other, in the journal. */
import { recordEvent } from '#journal'
import type { Actor, OpenPractice } from '#open-practice'
import { printReportCsv } from './report-files.ts'
import { getRun, listRunsOfAll, type RunOfSource } from './run-store.ts'

const LISTED_MAX = 50

/** The newest runs, newest first. */
export async function listRunsAtConsole(practice: OpenPractice, actor: Actor): Promise<readonly RunOfSource[]> {
  const runs = await listRunsOfAll(practice.db, practice.id, LISTED_MAX)
  await recordLook(practice, actor, 'import-run:all')
  return runs
}

/** The refused rows and possible duplicates of a run, as a spreadsheet takes them. @throws {NotFoundError} */
export async function* printRunAtConsole(practice: OpenPractice, actor: Actor, runId: string): AsyncGenerator<string> {
  const run = await getRun(practice.db, practice.id, runId)
  await recordLook(practice, actor, `import-run:${run.id}`)
  yield* printReportCsv(practice.db, practice.id, run)
}

async function recordLook({ db, id, now }: OpenPractice, actor: Actor, subject: string): Promise<void> {
  await db.transaction().execute((tx) => recordEvent(tx, id, actor, now(), { action: 'import.read', subject }))
}
