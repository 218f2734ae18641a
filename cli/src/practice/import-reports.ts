/** What imports have done so far, told at the practice's own machine. */
import type { ImportActor, ImportPractice } from '@couronne/practice'
import { EXIT } from '../exit-codes.ts'
import { printNumber, type Terminal } from '../terminal.ts'

/** @param runId whose refused rows and possible duplicates are printed as CSV; absent: the list of runs */
export async function lookBack(
  terminal: Terminal,
  practice: ImportPractice,
  actor: ImportActor,
  runId: string | undefined,
): Promise<number> {
  const { listRunsAtConsole, printRunAtConsole } = await import('@couronne/practice')
  if (runId !== undefined) {
    for await (const text of printRunAtConsole(practice, actor, runId)) process.stdout.write(text)
    return EXIT.done
  }
  for (const { id, source, state, isDry, startedAt, tables } of await listRunsAtConsole(practice, actor)) {
    terminal.json({ message_type: 'run', id, source, state, is_dry: isDry, started_at: startedAt, tables })
    const sum = (name: 'rows' | 'refused') =>
      printNumber(
        tables.reduce((all, table) => all + table[name], 0),
        terminal.language,
      )
    const dry = isDry ? { fr: ' (essai à blanc)', en: ' (dry run)' } : { fr: '', en: '' }
    const rows = { fr: `${sum('rows')} lignes, ${sum('refused')} refusées`, en: `${sum('rows')} rows, ${sum('refused')} refused` }
    terminal.line(`${startedAt}  ${id}  ${source}  ${state}${terminal.say(dry)}  ${terminal.say(rows)}`)
  }
  return EXIT.done
}
