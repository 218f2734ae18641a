/** `couronne import`: a practice program's data into the records. Works beside a running server; killed, it goes on where it was. */
import type { ImportReport, LookedAt, SourceNote } from '@couronne/practice'
import { EXIT } from '../exit-codes.ts'
import { VerbCommand } from '../flags.ts'
import { type HelpWords, printHelp } from '../help.ts'
import { Interruption } from '../interruption.ts'
import { type Text, wordsFor } from '../language.ts'
import { printNumber, Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { lookBack } from './import-reports.ts'
import { FINDING_WORDS } from './import-words.ts'
import { KEY_FLAGS } from './key-offer.ts'
import { type BesideFlags, openBeside } from './open-beside.ts'
import { sourcePassword } from './source-password.ts'

const NAME = 'couronne import'

const HELP: HelpWords = {
  summary: {
    fr: 'Reprend les données d’un autre logiciel : patients, actes, documents, images, depuis des fichiers CSV, un classeur, une base de données, un support d’images, comme le dit un profil.',
    en: 'Takes over another program’s data: patients, procedures, documents, images, from CSV files, a workbook, a database, a medium of images, as a profile says.',
  },
  details: {
    fr: 'Commencez par --dry-run : rien n’est écrit, tout est compté. Recommencer ne double rien ; une ligne changée dans la source devient une correction, sauf si quelqu’un a corrigé ici entre-temps. Une ligne refusée est gardée telle quelle. Code de sortie 3 si des lignes ont été refusées.',
    en: 'Begin with --dry-run: nothing is written, everything is counted. Running it again doubles nothing; a row that changed in the source becomes a correction, unless somebody has corrected it here since. A row that is refused is kept as it was. Exit code 3 when rows were refused.',
  },
  example: { fr: 'couronne import csv /mnt/export --dry-run', en: 'couronne import csv /mnt/export --dry-run' },
}

interface ImportFlags extends BesideFlags {
  readonly as?: string
  readonly sourcePasswordFile?: string
  readonly dryRun?: boolean
  readonly empty?: readonly string[]
  readonly rows?: boolean
  readonly propose?: boolean
  readonly list?: boolean
  readonly report?: string
  readonly json?: boolean
}

/** @returns 0 every row was taken over, 3 some were refused */
export async function runImport(args: readonly string[]): Promise<number> {
  const command = new VerbCommand(NAME)
    .argument('[profile and folder...]', {
      fr: 'le nom d’un profil fourni ou un fichier YAML, puis le dossier où sont les fichiers ; le dossier seul avec --propose',
      en: 'the name of a profile that comes with the program or a YAML file, then the folder of the files; the folder alone with --propose',
    })
    .flag('--propose', {
      fr: 'ébaucher un profil d’après les noms des colonnes, à relire et à compléter',
      en: 'draft a profile from the names of the columns, for you to read and to mend',
    })
    .flag('--list', {
      fr: 'les reprises faites, la plus récente d’abord, avec le numéro de chacune',
      en: 'the imports that were run, newest first, each with its id',
    })
    .flag('--report <run>', {
      fr: 'les lignes refusées d’une reprise et les doublons possibles, pour un tableur (CSV)',
      en: 'the rows that an import refused and possible duplicates, for a spreadsheet (CSV)',
    })
    .flag('--dry-run', { fr: 'regarder et compter, sans rien écrire', en: 'look and count, write nothing' })
    .flag('--rows', {
      fr: 'dire chaque ligne dont il y a quelque chose à dire',
      en: 'tell each row of which there is something to tell',
    })
    .flag(
      '--empty <file>',
      { fr: 'ce fichier est vide, et c’est normal', en: 'this file is empty, and that is right' },
      { many: true },
    )
    .flag('--as <login>', {
      fr: 'au nom de ce compte ; sinon du seul titulaire',
      en: 'in the name of this account; otherwise of the only owner',
    })
    .flag(
      '--source-password-file <file>',
      {
        fr: 'le mot de passe de la base à reprendre, lu dans ce fichier ; sinon COURONNE_SOURCE_PASSWORD, ou demandé',
        en: 'the password of the database to import from, read from this file; otherwise COURONNE_SOURCE_PASSWORD, or asked for',
      },
      { env: 'COURONNE_SOURCE_PASSWORD_FILE' },
    )
    .flag('--data <folder>', { fr: 'où sont les données', en: 'where the data is' }, { env: 'COURONNE_DATA' })
    .flag('--json', { fr: 'du JSON sur la sortie standard', en: 'JSON on standard output' })
  for (const { words, text, details } of KEY_FLAGS) command.flag(words, text, details)
  if (args.includes('--help') || args.includes('-h')) {
    printHelp(NAME, HELP, command, new Terminal())
    return EXIT.done
  }
  const { args: words, options } = command.parse<ImportFlags>(args)
  const [name, folder, more] = words
  if (options.propose && name !== undefined && folder === undefined) {
    process.stdout.write(await (await import('@couronne/practice')).draftProfile(name))
    return EXIT.done
  }
  const isLook = options.list === true || options.report !== undefined
  if (isLook ? name !== undefined : options.propose || name === undefined || folder === undefined || more !== undefined)
    throw new WrongUse({
      fr: `attendu : ${NAME} PROFIL DOSSIER, ${NAME} --propose DOSSIER, ${NAME} --list ou ${NAME} --report NUMÉRO. Voyez « ${NAME} --help »`,
      en: `expected: ${NAME} PROFILE FOLDER, ${NAME} --propose FOLDER, ${NAME} --list or ${NAME} --report ID. See “${NAME} --help”`,
    })
  const terminal = new Terminal({ json: options.json ?? false })
  await using interruption = new Interruption(terminal)
  const { consoleActor, importFolder } = await import('@couronne/practice')
  await using opened = await openBeside(options)
  const { practice } = opened
  const actor = await consoleActor(practice, options.as, ['imports', 'patients.write', 'care.write', 'documents.write'])
  if (name === undefined || folder === undefined) return await lookBack(terminal, practice, actor, options.report)
  const isDry = options.dryRun ?? false
  const report = await importFolder(practice, actor, name, folder, {
    isDry,
    mayBeEmpty: options.empty ?? [],
    askPassword: () => sourcePassword(options.sourcePasswordFile),
    signal: interruption.signal,
    onProgress: (rows, total) =>
      terminal.progress(`${printNumber(rows, terminal.language)} / ${printNumber(total, terminal.language)}`),
    ...(options.rows ? { onRow: (table, row) => tellRow(terminal, table, row) } : {}),
  })
  terminal.json({ message_type: 'import', ...report })
  tell(terminal, report)
  return report.tables.some(({ refused }) => refused > 0) ? EXIT.incomplete : EXIT.done
}

function tellRow(terminal: Terminal, table: string, { line, fate, findings }: LookedAt): void {
  terminal.json({ message_type: 'row', table, line, fate, findings })
  const what = findings.map(
    ({ code, column }) => `${terminal.say(FINDING_WORDS[code])}${column === undefined ? '' : ` (${column})`}`,
  )
  if (fate === 'repeated') what.push(terminal.say({ fr: 'en double, mot pour mot', en: 'twice, word for word' }))
  const refused = terminal.say({ fr: 'refusée : ', en: 'refused: ' })
  terminal.line(`${table}:${line}  ${fate === 'refused' ? refused : ''}${what.join(', ')}`)
}

function tell(terminal: Terminal, { tables, isDry }: ImportReport): void {
  const { language } = terminal
  const number = (value: number) => printNumber(value, language)
  for (const table of tables) {
    terminal.line(`\n${table.name}`)
    for (const note of table.notes) terminal.line(`  ${terminal.say(noteWords(note))}`)
    const counts: readonly [number, Text][] = [
      [table.rows, wordsFor(table.rows, { fr: 'ligne lue', en: 'row read' }, { fr: 'lignes lues', en: 'rows read' })],
      [table.added, isDry ? { fr: 'à reprendre', en: 'to take over' } : takenWords(table.added)],
      [table.changed, isDry ? { fr: 'à corriger', en: 'to correct' } : correctedWords(table.changed)],
      [table.same, { fr: 'déjà là, sans changement', en: 'there already, unchanged' }],
      [table.repeated, { fr: 'en double, mot pour mot', en: 'twice, word for word' }],
      [table.used, usedWords(table.used)],
      [table.refused, { fr: 'refus', en: 'refused' }],
    ]
    for (const [at, [count, words]] of counts.entries())
      if (count > 0 || at === 0) terminal.line(`  ${number(count).padStart(9)}  ${terminal.say(words)}`)
    for (const [count, words] of duplicateWords(table.duplicates))
      if (count > 0) terminal.line(`  ${number(count).padStart(9)}  · ${terminal.say(words)}`)
    for (const [code, count] of Object.entries(table.findings))
      terminal.line(`  ${number(count).padStart(9)}  · ${terminal.say(FINDING_WORDS[code as keyof typeof FINDING_WORDS])}`)
    for (const [name, count] of Object.entries(table.unknownPractitioners))
      terminal.line(`  ${number(count).padStart(9)}    – ${name}`)
  }
  if (isDry) terminal.line({ fr: '\nRien n’a été écrit dans les dossiers.', en: '\nNothing was written to the records.' })
}

function takenWords(count: number): Text {
  return wordsFor(count, { fr: 'reprise', en: 'taken over' }, { fr: 'reprises', en: 'taken over' })
}

function correctedWords(count: number): Text {
  return wordsFor(count, { fr: 'correction', en: 'corrected' }, { fr: 'corrections', en: 'corrected' })
}

function usedWords(count: number): Text {
  const one = { fr: 'lue avec ce qu’elle complète', en: 'read with what it completes' }
  return wordsFor(count, one, { fr: 'lues avec ce qu’elles complètent', en: 'read with what they complete' })
}

function duplicateWords({ practice, source }: ImportReport['tables'][number]['duplicates']): readonly [number, Text][] {
  return [
    [practice, { fr: 'peut-être un patient que le cabinet a déjà', en: 'maybe a patient whom the practice has already' }],
    [source, { fr: 'ressemble à un patient plus haut dans la source', en: 'looks like a patient further up in the source' }],
  ]
}

function noteWords({ code, about }: SourceNote): Text {
  switch (code) {
    case 'encoding':
      return { fr: `encodage : ${about.encoding}`, en: `encoding: ${about.encoding}` }
    case 'two-encodings':
      return {
        fr: `deux encodages dans le même fichier : ${about.utf8Lines} lignes en UTF-8, ${about.otherLines} en ${about.otherEncoding} ; chacune est lue dans le sien`,
        en: `two encodings in one file: ${about.utf8Lines} lines in UTF-8, ${about.otherLines} in ${about.otherEncoding}; each is read in its own`,
      }
    case 'day-format':
      return { fr: `${about.column} : ${about.format}`, en: `${about.column}: ${about.format}` }
    case 'day-format-unsure':
      return {
        fr: `${about.column} : ${about.format}, mais ${about.rival} irait aussi ; à dire dans le profil (format)`,
        en: `${about.column}: ${about.format}, but ${about.rival} would do as well; say which in the profile (format)`,
      }
    case 'columns-unused':
      return {
        fr: `colonnes que le profil ne nomme pas : ${about.columns}`,
        en: `columns that the profile does not name: ${about.columns}`,
      }
    case 'archive':
      return {
        fr: `archive ${about.exportId} : ${about.type}, ${about.status}`,
        en: `archive ${about.exportId}: ${about.type}, ${about.status}`,
      }
    case 'archive-count':
      return {
        fr: `l’archive annonce ${about.said} patients, elle en contient ${about.found}`,
        en: `the archive speaks of ${about.said} patients, and holds ${about.found}`,
      }
    case 'archive-missing':
      return {
        fr: `l’archive annonce ${about.name}, qui n’y est pas`,
        en: `the archive speaks of ${about.name}, which is not there`,
      }
    case 'archive-differs':
      return {
        fr: `${about.name} n’est pas celui que l’archive annonce (taille ou empreinte)`,
        en: `${about.name} is not the one that the archive speaks of (size or hash)`,
      }
    case 'double-encoded':
      return {
        fr: `${about.lines} lignes semblent encodées deux fois (Ã©) : à refaire dans le logiciel d’origine`,
        en: `${about.lines} lines seem to be encoded twice (Ã©): make the export anew`,
      }
  }
}
