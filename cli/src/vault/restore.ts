import {
  OVERWRITE_POLICIES,
  type OverwritePolicy,
  printName,
  type RestoreEvent,
  type RestoreProgress,
  type RestoreSummary,
  restore,
  UsageError,
} from '@couronne/vault'
import { type Command, Option } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { printDuration, printNumber, printSize, type Terminal } from '../terminal.ts'
import { addFilterOptions, type FilterFlags, filterOf, many } from './filters.ts'
import { reading } from './locking.ts'
import type { Verb } from './verb.ts'

interface RestoreFlags extends FilterFlags {
  readonly target?: string
  readonly include?: readonly string[]
  readonly iinclude?: readonly string[]
  readonly exclude?: readonly string[]
  readonly iexclude?: readonly string[]
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
  summary: { fr: 'remet un instantané (ou une partie) en fichiers', en: 'bring a snapshot, or a part of it, back into files' },
  example: 'couronne vault restore latest -r /mnt/copie --target /restauration --include /Cabinet/Patients',
  define: defineRestore,
  async run({ args: [name], options, terminal, signal, open }) {
    if (name === undefined) throw new UsageError('name a snapshot, such as latest')
    if (options.target === undefined) throw new UsageError('--target: name the folder to restore into')
    let summary: RestoreSummary | undefined
    const events = restore(await open(), name, {
      target: options.target,
      ...(options.include && { include: options.include }),
      ...(options.iinclude && { iinclude: options.iinclude }),
      ...(options.exclude && { exclude: options.exclude }),
      ...(options.iexclude && { iexclude: options.iexclude }),
      ...(options.includeXattr && { includeXattrs: options.includeXattr }),
      ...(options.excludeXattr && { excludeXattrs: options.excludeXattr }),
      ...(options.overwrite && { overwrite: options.overwrite }),
      ...(options.ownershipByName && { ownership: 'names' as const }),
      delete: options.delete ?? false,
      dryRun: options.dryRun ?? false,
      verify: options.verify ?? false,
      sparse: options.sparse ?? false,
      reportItems: (options.verbose ?? 0) > 0,
      filter: filterOf(options),
      ...reading(options, signal),
    })
    for await (const event of events) {
      if (event.kind === 'summary') summary = event.summary
      print(event, terminal)
    }
    return summary!.failed > 0 ? EXIT.failed : EXIT.done
  },
}

function defineRestore(command: Command): void {
  const list = (flags: string, description: string) => new Option(flags, description).argParser(many)
  addFilterOptions(command)
  command
    .argument('<snapshot>', 'an ID, latest, or one with a folder: latest:/Cabinet')
    .option('-t, --target <folder>', 'where it is restored')
    .addOption(list('-i, --include <pattern>', 'only this'))
    .addOption(list('--iinclude <pattern>', 'only this, whatever the case'))
    .addOption(list('-e, --exclude <pattern>', 'all but this'))
    .addOption(list('--iexclude <pattern>', 'all but this, whatever the case'))
    .addOption(list('--include-xattr <pattern>', 'only these extended attributes'))
    .addOption(list('--exclude-xattr <pattern>', 'all but these extended attributes'))
    .addOption(
      new Option('--overwrite <policy>', 'what happens to files that are there').choices(OVERWRITE_POLICIES).default('always'),
    )
    .option('--delete', 'remove what the snapshot does not have')
    .option('--ownership-by-name', 'owners by the names that this system knows')
    .option('-n, --dry-run', 'write nothing, say what would be')
    .option('--verify', 'read again what was written')
    .option('--sparse', 'leave holes where there are zeros')
}

function print(event: RestoreEvent, terminal: Terminal): void {
  if (event.kind === 'progress') printProgress(event.progress, terminal)
  else if (event.kind === 'item') {
    const path = printName(event.path)
    terminal.json({ message_type: 'verbose_status', action: event.action, item: path, size: event.sizeBytes })
    terminal.line(`${event.action.padEnd(10)} ${path}`)
  } else if (event.kind === 'finding') {
    const { path, operation, message, severity } = event.finding
    terminal.json({ message_type: 'error', error: { message }, during: operation, item: printName(path), severity })
    terminal.warn(`${printName(path)}: ${message}`)
  } else printSummary(event.summary, terminal)
}

function printProgress(progress: RestoreProgress, terminal: Terminal): void {
  const { entriesDone, entriesKnown, bytesDone, bytesKnown, isPlanned, elapsedMs } = progress
  const done = isPlanned && bytesKnown > 0 ? bytesDone / bytesKnown : undefined
  const leftMs = done !== undefined && done > 0.02 ? (elapsedMs / done) * (1 - done) : undefined
  terminal.json({
    message_type: 'status',
    seconds_elapsed: Math.round(elapsedMs / 1000),
    percent_done: done ?? 0,
    total_files: entriesKnown,
    files_restored: entriesDone,
    total_bytes: bytesKnown,
    bytes_restored: bytesDone,
  })
  const { language } = terminal
  const percent = done === undefined ? '' : `${printNumber(done * 100, language)} %  `
  const left = leftMs === undefined ? '' : `  (~ ${printDuration(leftMs, language)})`
  terminal.progress(
    `${percent}${printNumber(entriesDone, language)}/${printNumber(entriesKnown, language)}  ${printSize(bytesDone, language)}${left}`,
  )
}

function printSummary(summary: RestoreSummary, terminal: Terminal): void {
  const { files, folders, bytesRestored, bytesKept, failed, warnings, target, elapsedMs, verified } = summary
  terminal.json({
    message_type: 'summary',
    seconds_elapsed: Math.round(elapsedMs / 1000),
    total_files: Object.values(files).reduce((sum, count) => sum + count, 0) + folders + summary.others,
    files_restored: files.restored + files.updated + folders + summary.others,
    files_skipped: files.unchanged + files.skipped,
    files_deleted: files.deleted,
    total_bytes: bytesRestored + bytesKept,
    bytes_restored: bytesRestored,
    bytes_skipped: bytesKept,
    ...(verified !== undefined && { files_verified: verified }),
    failed,
  })
  const { language } = terminal
  const number = (value: number) => printNumber(value, language)
  terminal.info({
    fr: `${number(files.restored)} fichiers restaurés, ${number(files.updated)} remis en état, ${number(files.unchanged)} déjà exacts ; ${printSize(bytesRestored, 'fr')} vers ${target} en ${printDuration(elapsedMs, 'fr')}`,
    en: `${number(files.restored)} files restored, ${number(files.updated)} put right, ${number(files.unchanged)} right already; ${printSize(bytesRestored, 'en')} to ${target} in ${printDuration(elapsedMs, 'en')}`,
  })
  if (verified !== undefined)
    terminal.info({
      fr: `${number(verified)} fichiers relus et comparés`,
      en: `${number(verified)} files read again and compared`,
    })
  if (warnings > 0) terminal.warn({ fr: `${number(warnings)} remarque(s)`, en: `${number(warnings)} remark(s)` })
  if (failed > 0)
    terminal.error({
      fr: `INCOMPLET : ${number(failed)} élément(s) non restauré(s)`,
      en: `INCOMPLETE: ${number(failed)} item(s) not restored`,
    })
}
