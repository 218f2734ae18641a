/** `couronne journal verify`: walks the hash chain and says where it breaks. Works beside a running server. */
import { EXIT } from '../exit-codes.ts'
import { VerbCommand } from '../flags.ts'
import { type HelpWords, printHelp } from '../help.ts'
import type { Text } from '../language.ts'
import { printNumber, Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { KEY_FLAGS } from './key-offer.ts'
import { type BesideFlags, openBeside } from './open-beside.ts'

const NAME = 'couronne journal verify'

const HELP: HelpWords = {
  summary: {
    fr: 'Vérifie que le journal est entier : chaque entrée, son enchaînement, et les têtes gardées à part. Sinon, dit où il se rompt.',
    en: 'Verifies that the journal is whole: each entry, its link, and the heads that were kept elsewhere. If not, says where it breaks.',
  },
  details: {
    fr: 'Code de sortie 0 s’il est entier, 1 sinon. Fonctionne pendant que le serveur tourne.',
    en: 'Exit code 0 when it is whole, 1 otherwise. Works while the server runs.',
  },
  example: { fr: 'couronne journal verify --data /srv/couronne', en: 'couronne journal verify --data /srv/couronne' },
}

const BREAKS: Readonly<Record<string, Text>> = {
  changed: { fr: 'cette entrée a été modifiée', en: 'this entry was changed' },
  unlinked: { fr: 'cette entrée ne suit pas la précédente', en: 'this entry does not follow the one before' },
  gap: { fr: 'des entrées manquent à partir d’ici', en: 'entries are missing from here on' },
  head: { fr: 'la fin a été coupée ou remplacée', en: 'the end was cut off or replaced' },
  emptied: {
    fr: 'ce qui a été vidé à partir d’ici n’est pas ce que le journal en dit',
    en: 'what was emptied from here on is not what the journal says of it',
  },
  shown: {
    fr: 'elle dit quels patients une liste a montrés, et la recherche par patient n’en trouve pas les mêmes',
    en: 'it says which patients a list showed, and a search by patient does not find the same ones',
  },
  anchor: {
    fr: 'ce n’est pas l’entrée qu’une copie gardée à part atteste',
    en: 'this is not the entry that a copy kept elsewhere attests',
  },
}

interface JournalFlags extends BesideFlags {
  readonly json?: boolean
}

/** @returns 0 whole, 1 broken */
export async function runJournal(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args
  const command = new VerbCommand(NAME)
    .flag('--data <folder>', { fr: 'où sont les données', en: 'where the data is' }, { env: 'COURONNE_DATA' })
    .flag('--json', { fr: 'du JSON sur la sortie standard', en: 'JSON on standard output' })
  for (const { words, text, details } of KEY_FLAGS) command.flag(words, text, details)
  if (args.includes('--help') || args.includes('-h')) {
    printHelp(NAME, HELP, command, new Terminal())
    return EXIT.done
  }
  if (verb !== 'verify') throw new WrongUse({ fr: 'attendu : couronne journal verify', en: 'expected: couronne journal verify' })
  const { options } = command.parse<JournalFlags>(rest)
  const terminal = new Terminal({ json: options.json ?? false })
  const { keptHeads, verifyJournal } = await import('@couronne/practice')
  await using opened = await openBeside(options)
  const { practice } = opened
  const anchors = await keptHeads(practice.folder, practice.id)
  const onProgress = (entries: number) => terminal.progress(printNumber(entries, terminal.language))
  const verdict = await verifyJournal(practice.db, practice.id, { anchors, onProgress })
  terminal.json({ message_type: 'journal', ...verdict, whole: verdict.breaks.length === 0 })
  for (const { kind, seq } of verdict.breaks)
    terminal.line({ fr: `entrée ${seq} : ${BREAKS[kind]?.fr}`, en: `entry ${seq}: ${BREAKS[kind]?.en}` })
  if (verdict.breaks.length > 0) return EXIT.failed
  const { head, entries } = verdict
  terminal.line({
    fr: `Le journal est entier : ${printNumber(entries, 'fr')} entrées, comparées à ${anchors.length} têtes gardées à part.\nTête : ${head.seq} ${head.hash}`,
    en: `The journal is whole: ${printNumber(entries, 'en')} entries, compared with ${anchors.length} heads kept elsewhere.\nHead: ${head.seq} ${head.hash}`,
  })
  return EXIT.done
}
