/** What imports need done without anybody's asking: sources followed each night, files that were sent and forgotten, what kills have left. */
import { setTimeout } from 'node:timers/promises'
import { instantText } from '#database'
import type { OpenPractice } from '#open-practice'
import { followSources } from './follow.ts'
import type { Places } from './places.ts'
import { dropBytes, removeAllFiles, sweepFiles } from './sent/staged-files.ts'

const LOOK_EVERY_MS = 30_000
const SWEEP_EVERY_MS = 3_600_000
/** Files of a source that nobody has touched or imported for so long go; those of one that is followed stay. */
export const FILES_KEPT_FOR = Temporal.Duration.from({ hours: 24 * 30 })

export interface ImportWorkOptions {
  /** what is open now; undefined: nothing is */
  readonly practice: () => OpenPractice | undefined
  readonly places: Places
  readonly onError: (error: unknown) => void
}

/** Works until it is disposed of; nothing of what was sent is left in the clear then. */
export function startImportWork({ practice, places, onError }: ImportWorkOptions): AsyncDisposable {
  const stopping = new AbortController()
  const work = (async () => {
    const sweptAtMs = new Map<OpenPractice, number>()
    while (!stopping.signal.aborted) {
      const open = practice()
      if (open !== undefined) await workOnce(open, places, sweptAtMs).catch(onError)
      await setTimeout(LOOK_EVERY_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
    }
  })()
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await work
      await places.workbench.closeAll()
    },
  }
}

async function workOnce(practice: OpenPractice, places: Places, sweptAtMs: Map<OpenPractice, number>): Promise<void> {
  const swept = sweptAtMs.get(practice)
  await places.workbench.clear(practice)
  if (swept === undefined || performance.now() - swept > SWEEP_EVERY_MS) {
    sweptAtMs.clear()
    sweptAtMs.set(practice, performance.now())
    await sweepFiles(practice)
    await removeForgottenFiles(practice)
  }
  await followSources(practice)
}

/** @returns the sources whose files went */
export async function removeForgottenFiles(practice: OpenPractice): Promise<string[]> {
  const before = instantText(practice.now().subtract(FILES_KEPT_FOR))
  const rows = await practice.db
    .selectFrom('import_setting')
    .select('source_id')
    .where('practice_id', '=', practice.id)
    .where('followed_at', 'is', null)
    .where('files_key', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('import_file')
            .select('import_file.id')
            .whereRef('import_file.source_id', '=', 'import_setting.source_id')
            .where('changed_at', '>=', before),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('import_run')
            .select('import_run.id')
            .whereRef('import_run.source_id', '=', 'import_setting.source_id')
            .where('started_at', '>=', before),
        ),
      ),
    )
    .execute()
  for (const { source_id } of rows) {
    const files = await practice.db.transaction().execute((tx) => removeAllFiles(tx, practice, source_id))
    await dropBytes(practice, files)
  }
  return rows.map(({ source_id }) => source_id)
}
