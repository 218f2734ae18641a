/** `couronne images import`: a folder or medium of DICOM files into the records and the tray. Works beside a running server. */
import type { FileFate, FileReport, FolderReport } from '@couronne/practice'
import { EXIT } from '../exit-codes.ts'
import { VerbCommand } from '../flags.ts'
import { type HelpWords, printHelp } from '../help.ts'
import { Interruption } from '../interruption.ts'
import type { Text } from '../language.ts'
import { printNumber, Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { KEY_FLAGS } from './key-offer.ts'
import { type BesideFlags, openBeside } from './open-beside.ts'

const NAME = 'couronne images'

const HELP: HelpWords = {
  summary: {
    fr: 'Reprend les images d’un dossier, d’un CD ou d’une clé (DICOM, avec ou sans DICOMDIR).',
    en: 'Takes over the images of a folder, a CD or a stick (DICOM, with or without a DICOMDIR).',
  },
  details: {
    fr: 'Chaque fichier est compté ; recommencer ne double rien. Ce qui n’est pas sûrement à un patient attend dans les images à trier. Code de sortie 3 si des fichiers manquent ou ne se lisent pas.',
    en: 'Every file is accounted for; running it again doubles nothing. What is not surely a patient’s waits in the images to sort. Exit code 3 when files are missing or do not read.',
  },
  example: { fr: 'couronne images import /media/cdrom', en: 'couronne images import /media/cdrom' },
}

interface ImagesFlags extends BesideFlags {
  readonly as?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

const FATES: Readonly<Record<FileFate, Text>> = {
  taken: { fr: 'images reprises', en: 'images taken over' },
  same: { fr: 'déjà là', en: 'there already' },
  unreadable: { fr: 'illisibles, gardées telles quelles', en: 'unreadable, kept as they are' },
  list: { fr: 'listes de support (DICOMDIR), lues', en: 'lists of media (DICOMDIR), read' },
  'not-dicom': { fr: 'fichiers qui ne sont pas des images DICOM', en: 'files that are no DICOM images' },
  missing: { fr: 'annoncées par le DICOMDIR et absentes', en: 'listed in the DICOMDIR and not there' },
  outside: { fr: 'annoncées hors du support : pas cherchées', en: 'listed outside of the medium: not looked for' },
  link: { fr: 'liens : pas suivis', en: 'links: not followed' },
  failed: { fr: 'n’ont pas pu être lues', en: 'could not be read' },
}
const INCOMPLETE: readonly FileFate[] = ['unreadable', 'missing', 'outside', 'failed']

/** @returns 3 when something was listed and is not there, or does not read */
export async function runImages(args: readonly string[]): Promise<number> {
  const command = new VerbCommand(NAME)
    .argument('import', { fr: 'reprendre', en: 'take over' })
    .argument('folder', { fr: 'un dossier, un CD, une clé', en: 'a folder, a CD, a stick' })
    .flag('--dry-run', { fr: 'regarder et compter, sans rien garder', en: 'look and count, keep nothing' })
    .flag('--as <login>', {
      fr: 'au nom de ce compte ; sinon du seul titulaire',
      en: 'in the name of this account; otherwise of the only owner',
    })
    .flag('--data <folder>', { fr: 'où sont les données', en: 'where the data is' }, { env: 'COURONNE_DATA' })
    .flag('--json', { fr: 'du JSON sur la sortie standard', en: 'JSON on standard output' })
  for (const { words, text, details } of KEY_FLAGS) command.flag(words, text, details)
  if (args.includes('--help') || args.includes('-h')) {
    printHelp(NAME, HELP, command, new Terminal())
    return EXIT.done
  }
  const { args: words, options } = command.parse<ImagesFlags>(args)
  const [verb, folder, more] = words
  if (verb !== 'import' || folder === undefined || more !== undefined)
    throw new WrongUse({
      fr: `attendu : ${NAME} import DOSSIER. Voyez « ${NAME} --help »`,
      en: `expected: ${NAME} import FOLDER. See “${NAME} --help”`,
    })
  const terminal = new Terminal({ json: options.json ?? false })
  await using interruption = new Interruption(terminal)
  const { consoleActor, importDicomFolder } = await import('@couronne/practice')
  await using opened = await openBeside(options)
  const actor = await consoleActor(opened.practice, options.as, ['documents.write'])
  const report = await importDicomFolder(opened.practice, actor, folder, {
    isDry: options.dryRun ?? false,
    signal: interruption.signal,
    onFile: (file) => terminal.json({ message_type: 'file', ...file }),
    onProgress: (done, total) =>
      terminal.progress(`${printNumber(done, terminal.language)} / ${printNumber(total, terminal.language)}`),
  })
  terminal.json({ message_type: 'images', ...report })
  tell(terminal, report)
  return INCOMPLETE.some((fate) => report.counts[fate] > 0) ? EXIT.incomplete : EXIT.done
}

function tell(terminal: Terminal, { counts, unlisted, told, isDry }: FolderReport): void {
  const line = (count: number, words: Text) =>
    terminal.line(`  ${printNumber(count, terminal.language).padStart(9)}  ${terminal.say(words)}`)
  for (const [fate, words] of Object.entries(FATES) as [FileFate, Text][])
    if (counts[fate] > 0 || fate === 'taken') line(counts[fate], words)
  if (unlisted > 0)
    line(unlisted, { fr: 'hors de la liste du DICOMDIR, reprises aussi', en: 'not listed in the DICOMDIR, taken all the same' })
  for (const { path, fate } of told.filter(isTold)) terminal.line(`    ${path}: ${terminal.say(FATES[fate])}`)
  if (isDry) terminal.line({ fr: '\nRien n’a été gardé.', en: '\nNothing was kept.' })
}

function isTold({ fate }: FileReport): boolean {
  return INCOMPLETE.includes(fate)
}
