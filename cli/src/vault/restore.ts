import { join, resolve } from 'node:path'
import {
  findSamePlace,
  listMirrors,
  MirrorRegistry,
  OVERWRITE_POLICIES,
  type OverwritePolicy,
  printName,
  type Repository,
  type RestoreEvent,
  type RestoreProgress,
  type RestoreSummary,
  restore,
} from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import type { VerbCommand } from '../flags.ts'
import { printCount, printDuration, printNumber, printSize, type Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { patternsIn } from './backup-options.ts'
import { addFilterFlags, type FilterFlags, filterOf } from './filters.ts'
import { sayFinding } from './finding-words.ts'
import { omitZero, shareDone, timeLeft } from './json-figures.ts'
import { reading } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import type { Verb, VerbContext } from './verb.ts'

interface RestoreFlags extends FilterFlags {
  readonly target?: string
  readonly include?: readonly string[]
  readonly iinclude?: readonly string[]
  readonly exclude?: readonly string[]
  readonly iexclude?: readonly string[]
  readonly includeFile?: readonly string[]
  readonly iincludeFile?: readonly string[]
  readonly excludeFile?: readonly string[]
  readonly iexcludeFile?: readonly string[]
  readonly includeXattr?: readonly string[]
  readonly excludeXattr?: readonly string[]
  readonly overwrite?: OverwritePolicy
  readonly delete?: boolean
  readonly dryRun?: boolean
  readonly verify?: boolean
  readonly sparse?: boolean
  readonly ownershipByName?: boolean
}

export const verb: Verb<RestoreFlags> = {
  summary: { fr: 'remet un instantané, ou une partie, en fichiers', en: 'bring a snapshot, or a part of it, back into files' },
  details: {
    fr: 'Les fichiers reviennent sous --target avec leur chemin entier ; « latest:/dossier » ne remet que ce dossier, sans son chemin. Rien n’est écrit hors de la cible ; interrompue, la même commande continue.',
    en: 'Files come back below --target with their whole path; “latest:/folder” brings back that folder only, without its path. Nothing is written outside the target; interrupted, the same command goes on.',
  },
  example: {
    fr: 'couronne vault restore latest -r /media/disque/coffre --target /tmp/retour --include "/srv/cabinet/patients/dupont*"',
    en: 'couronne vault restore latest -r /media/disk/vault --target /tmp/back --include "/srv/practice/patients/dupont*"',
  },
  define: defineRestore,
  async run(context) {
    const { args, options, terminal, signal } = context
    const [name = ''] = args
    const settings = await settingsOf(options)
    const repository = await openToRead(context)
    let summary: RestoreSummary | undefined
    for await (const event of restore(repository, name, { ...settings, ...reading(options, signal) })) {
      if (event.kind === 'summary') summary = event.summary
      print(event, terminal, settings.target)
    }
    return summary!.failed > 0 ? EXIT.failed : EXIT.done
  },
}

/**
 * With the other mirrors, which have what may be damaged in this one. A mirror that owes removals still has what was forgotten elsewhere, an
 * append-only one above all: it is read by itself, and gives back what `snapshots` shows there.
 */
async function openToRead(context: VerbContext<RestoreFlags>): Promise<Repository> {
  const repository = await context.open()
  const named = repository.storage.mirrors.map(({ location }) => location)
  for (const { address, owed } of listMirrors(new MirrorRegistry(repository.id)))
    if (owed > 0 && (await findSamePlace(address, named)) !== undefined) return repository
  await withMirrors(repository, context)
  return repository
}

async function settingsOf(options: RestoreFlags & { readonly verbose?: number; readonly json?: boolean }) {
  if (options.target === undefined)
    throw new WrongUse({
      fr: 'restaurer où ? Donnez --target DOSSIER (un dossier vide, pour commencer)',
      en: 'restore where? Give --target FOLDER (an empty one, to begin with)',
    })
  const include = [...(options.include ?? []), ...(await patternsIn(options.includeFile))]
  const iinclude = [...(options.iinclude ?? []), ...(await patternsIn(options.iincludeFile))]
  const exclude = [...(options.exclude ?? []), ...(await patternsIn(options.excludeFile))]
  const iexclude = [...(options.iexclude ?? []), ...(await patternsIn(options.iexcludeFile))]
  if (include.length + iinclude.length > 0 && exclude.length + iexclude.length > 0)
    throw new WrongUse({ fr: '--include et --exclude s’excluent', en: '--include and --exclude exclude each other' })
  return {
    target: options.target,
    ...(include.length > 0 && { include }),
    ...(iinclude.length > 0 && { iinclude }),
    ...(exclude.length > 0 && { exclude }),
    ...(iexclude.length > 0 && { iexclude }),
    ...(options.includeXattr && { includeXattrs: options.includeXattr }),
    ...(options.excludeXattr && { excludeXattrs: options.excludeXattr }),
    ...(options.overwrite && { overwrite: options.overwrite }),
    ...(options.ownershipByName && { ownership: 'names' as const }),
    delete: options.delete ?? false,
    dryRun: options.dryRun ?? false,
    verify: options.verify ?? false,
    sparse: options.sparse ?? false,
    reportItems: (options.verbose ?? 0) > (options.json ? 0 : 1),
    filter: filterOf(options),
  }
}

function defineRestore(command: VerbCommand): void {
  const many = { many: true }
  command
    .argument('<snapshot>', {
      fr: 'un identifiant, latest, ou avec un dossier : latest:/srv',
      en: 'an ID, latest, or with a folder: latest:/srv',
    })
    .flag('-t, --target <folder>', { fr: 'où restaurer', en: 'where it is restored' })
    .flag('-n, --dry-run', { fr: 'ne rien écrire, dire ce qui le serait', en: 'write nothing, say what would be' })
    .flag('-i, --include <pattern>', { fr: 'seulement cela', en: 'only this' }, many)
    .flag('--iinclude <pattern>', { fr: 'de même, quelle que soit la casse', en: 'the same, whatever the case' }, many)
    .flag('--include-file <file>', { fr: 'motifs, un par ligne', en: 'patterns, one a line' }, many)
    .flag('--iinclude-file <file>', { fr: 'de même, quelle que soit la casse', en: 'the same, whatever the case' }, many)
    .flag('-e, --exclude <pattern>', { fr: 'tout sauf cela', en: 'all but this' }, many)
    .flag('--iexclude <pattern>', { fr: 'de même, quelle que soit la casse', en: 'the same, whatever the case' }, many)
    .flag('--exclude-file <file>', { fr: 'motifs, un par ligne', en: 'patterns, one a line' }, many)
    .flag('--iexclude-file <file>', { fr: 'de même, quelle que soit la casse', en: 'the same, whatever the case' }, many)
    .flag(
      '--overwrite <policy>',
      { fr: 'que faire des fichiers déjà là', en: 'what happens to files that are there' },
      { choices: OVERWRITE_POLICIES, default: 'always' },
    )
    .flag('--delete', {
      fr: 'retirer de la cible ce que l’instantané n’a pas',
      en: 'remove from the target what the snapshot does not have',
    })
    .flag('--verify', { fr: 'relire et comparer ce qui a été écrit', en: 'read again and compare what was written' })
    .flag('--sparse', { fr: 'des trous à la place des zéros', en: 'holes in the place of zeros' })
    .flag('--ownership-by-name', {
      fr: 'propriétaires par leurs noms, là où ce système les connaît',
      en: 'owners by their names, where this system knows them',
    })
    .flag('--include-xattr <pattern>', { fr: 'seulement ces attributs étendus', en: 'only these extended attributes' }, many)
    .flag(
      '--exclude-xattr <pattern>',
      { fr: 'tous les attributs étendus sauf ceux-ci', en: 'all extended attributes but these' },
      many,
    )
  addFilterFlags(command)
}

const SAID = {
  restored: { fr: 'remis', en: 'restored' },
  updated: { fr: 'corrigé', en: 'updated' },
  unchanged: { fr: 'déjà bon', en: 'unchanged' },
  skipped: { fr: 'laissé', en: 'skipped' },
  deleted: { fr: 'retiré', en: 'deleted' },
} as const

function print(event: RestoreEvent, terminal: Terminal, target: string): void {
  if (event.kind === 'progress') printProgress(event.progress, terminal)
  else if (event.kind === 'item') {
    terminal.json(itemJson(event, target))
    terminal.line(`${terminal.say(SAID[event.action]).padEnd(9)} ${printName(event.path)}`)
  } else if (event.kind === 'finding') {
    const { path, operation, message, severity } = event.finding
    terminal.problem(sayFinding(event.finding), {
      error: { message },
      during: operation,
      item: printName(path),
      severity,
    })
  } else {
    printJson(event.summary, terminal)
    printSummary(event.summary, terminal)
  }
}

/** As restic: folders and links are restored whatever was there, and what was deleted has the path that it had on disk. */
function itemJson({ path, type, action, sizeBytes }: RestoreEvent & { kind: 'item' }, target: string): Record<string, unknown> {
  const item = printName(path)
  const size = type === 'file' ? sizeBytes : 0
  if (action === 'deleted') return { message_type: 'verbose_status', action, item: join(resolve(target), item), size: 0 }
  const said = type !== 'file' ? 'restored' : action === 'skipped' ? 'unchanged' : action
  return { message_type: 'verbose_status', action: said, item, size }
}

function printProgress(progress: RestoreProgress, terminal: Terminal): void {
  const { entriesDone, entriesKnown, bytesDone, bytesKnown, isPlanned, elapsedMs } = progress
  const done = shareDone(bytesDone, isPlanned ? bytesKnown : undefined)
  const leftMs = timeLeft(done, elapsedMs)
  if (!terminal.isQuiet) {
    terminal.json({
      message_type: 'status',
      ...omitZero({ seconds_elapsed: Math.trunc(elapsedMs / 1000) }),
      percent_done: done ?? 0,
      ...omitZero({
        total_files: entriesKnown,
        files_restored: entriesDone,
        total_bytes: bytesKnown,
        bytes_restored: bytesDone,
      }),
    })
  }
  const { language } = terminal
  const percent = done === undefined ? '' : `${printNumber(done * 100, language)} %  `
  const left =
    leftMs === undefined
      ? ''
      : terminal.say({ fr: `, encore ${printDuration(leftMs, 'fr')}`, en: `, ${printDuration(leftMs, 'en')} left` })
  const counts = `${printNumber(entriesDone, language)}/${printNumber(entriesKnown, language)}`
  terminal.progress(`${percent}${counts}, ${printSize(bytesDone, language)}${left}`)
}

/** As restic counts: what was right already is skipped, and in no total. */
function printJson(summary: RestoreSummary, terminal: Terminal): void {
  const { files, folders, others, bytesRestored, bytesKept, verified, failed, elapsedMs } = summary
  const restored = files.restored + files.updated + folders + others
  terminal.json({
    message_type: 'summary',
    ...omitZero({ seconds_elapsed: Math.trunc(elapsedMs / 1000) }),
    ...omitZero({
      total_files: restored,
      files_restored: restored,
      files_skipped: files.unchanged + files.skipped,
      files_deleted: files.deleted,
      total_bytes: bytesRestored,
      bytes_restored: bytesRestored,
      bytes_skipped: bytesKept,
      files_verified: verified ?? 0,
      failed,
    }),
  })
}

function printSummary(summary: RestoreSummary, terminal: Terminal): void {
  const { files, bytesRestored, failed, warnings, target, elapsedMs, verified, isDryRun, ownersNotSet } = summary
  const number = (value: number) => printNumber(value, terminal.language)
  terminal.info({
    fr: `${isDryRun ? 'essai : ' : ''}${printCount(files.restored, 'fr', 'fichier remis', 'fichiers remis')}, ${printCount(files.updated, 'fr', 'corrigé')}, ${printCount(files.unchanged, 'fr', 'déjà bon', 'déjà bons')}${files.deleted > 0 ? `, ${printCount(files.deleted, 'fr', 'retiré')}` : ''} ; ${printSize(bytesRestored, 'fr')} dans ${target} en ${printDuration(elapsedMs, 'fr')}`,
    en: `${isDryRun ? 'a trial: ' : ''}${printCount(files.restored, 'en', 'file')} restored, ${number(files.updated)} updated, ${number(files.unchanged)} right already${files.deleted > 0 ? `, ${number(files.deleted)} deleted` : ''}; ${printSize(bytesRestored, 'en')} in ${target}, in ${printDuration(elapsedMs, 'en')}`,
  })
  if (files.restored + files.updated + files.unchanged + files.skipped === 0 && failed === 0 && !terminal.isJson)
    terminal.warn({
      fr: 'Aucun fichier ne correspond : « couronne vault find » ou « ls » montrent les chemins de cet instantané.',
      en: 'No file matches: “couronne vault find” or “ls” show the paths of this snapshot.',
    })
  if (verified !== undefined)
    terminal.info({
      fr: printCount(verified, 'fr', 'fichier relu et comparé', 'fichiers relus et comparés'),
      en: `${printCount(verified, 'en', 'file')} read again and compared`,
    })
  if (ownersNotSet > 0)
    terminal.warn({
      fr: `${printCount(ownersNotSet, 'fr', 'propriétaire')} non remis : il faut être administrateur pour cela`,
      en: `${printCount(ownersNotSet, 'en', 'owner')} not set: that takes an administrator`,
    })
  if (warnings > 0) terminal.warn({ fr: printCount(warnings, 'fr', 'remarque'), en: printCount(warnings, 'en', 'remark') })
  if (failed > 0 && !terminal.isJson)
    terminal.error({
      fr: `INCOMPLET : ${printCount(failed, 'fr', 'élément non restauré, nommé', 'éléments non restaurés, nommés')} ci-dessus ; une autre copie (-r) a peut-être ce qui manque`,
      en: `INCOMPLETE: ${printCount(failed, 'en', 'item')} not restored, named above; another mirror (-r) may have them`,
    })
}
