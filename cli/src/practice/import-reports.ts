/** What imports have done so far, told at the practice's own machine. */
import type { ImportActor, ImportPractice } from '@couronne/practice'
import { EXIT } from '../exit-codes.ts'
import { wordsFor } from '../language.ts'
import { printNumber, type Terminal } from '../terminal.ts'

const STATES = {
  running: { fr: 'en cours', en: 'under way' },
  done: { fr: 'terminée', en: 'done' },
  stopped: { fr: 'arrêtée', en: 'stopped' },
} as const

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
    const sum = (name: 'rows' | 'refused') => tables.reduce((all, table) => all + table[name], 0)
    const [rows, refused] = [sum('rows'), sum('refused')]
    const number = (count: number) => printNumber(count, terminal.language)
    const dry = isDry ? { fr: ' (essai à blanc)', en: ' (dry run)' } : { fr: '', en: '' }
    const read = wordsFor(rows, { fr: 'ligne', en: 'row' }, { fr: 'lignes', en: 'rows' })
    const left = wordsFor(refused, { fr: 'refusée', en: 'refused' }, { fr: 'refusées', en: 'refused' })
    const counts = `${number(rows)} ${terminal.say(read)}, ${number(refused)} ${terminal.say(left)}`
    terminal.line(`${startedAt}  ${id}  ${source}  ${terminal.say(STATES[state])}${terminal.say(dry)}  ${counts}`)
  }
  return EXIT.done
}
