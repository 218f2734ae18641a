import { type BackupEvent, type BackupProgress, type BackupSummary, backup } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printCount, printDuration, printNumber, printSize, type Terminal } from '../terminal.ts'
import { type BackupFlags, backupOptions, backupSource, defineBackup, inputIsData } from './backup-options.ts'
import { sayBehind } from './behind-words.ts'
import { sayFinding } from './finding-words.ts'
import { omitZero, shareDone, timeLeft } from './json-figures.ts'
import { acknowledgeAll, withMirrors } from './mirrors.ts'
import type { Verb } from './verb.ts'

/** restic's words for what became of an entry. */
const ACTIONS = { new: 'new', changed: 'modified', unmodified: 'unchanged' } as const

export const verb: Verb<BackupFlags> = {
  summary: {
    fr: 'sauvegarde des dossiers, un flux ou la sortie d’une commande',
    en: 'back up folders, a stream or a command’s output',
  },
  details: {
    fr: 'Tout est lu une fois et va sur toutes les copies. Ce qui n’a pas pu être lu est nommé, l’instantané porte l’étiquette « incomplete », et le code de sortie est 3.',
    en: 'Everything is read once and goes to all mirrors. What could not be read is named, the snapshot bears the tag “incomplete”, and the exit code is 3.',
  },
  example: {
    fr: 'couronne vault backup -r /media/disque/coffre /srv/cabinet --exclude "*.tmp"',
    en: 'couronne vault backup -r /media/disk/vault /srv/practice --exclude "*.tmp"',
  },
  define: defineBackup,
  readsInput: inputIsData,
  async run(context) {
    const { args, options, terminal, signal } = context
    // The source is understood before anything is opened: a typing error costs nobody a key derivation.
    const source = await backupSource(args, options, terminal)
    const settings = await backupOptions(options)
    const mirrored = await withMirrors(await context.open(), context)
    const { repository } = mirrored
    let summary: BackupSummary | undefined
    for await (const event of backup(repository, source, { ...settings, signal })) {
      if (event.kind === 'summary') summary = event.summary
      print(event, terminal)
    }
    printSummary(summary!, terminal, options.dryRun ?? false)
    if (summary!.snapshot !== undefined && summary!.parent === undefined && Array.isArray(source))
      suggestRestore(repository.storage.mirrors[0]!.location, terminal)
    // The snapshot is safe on at least one mirror; the others now get what they missed, of this run and of earlier ones.
    if (!options.dryRun) await acknowledgeAll(mirrored, context)
    return summary!.unreadable.length > 0 ? EXIT.incomplete : EXIT.done
  },
}

/** After the first backup of these folders. */
function suggestRestore(place: string, terminal: Terminal): void {
  terminal.info({
    fr: `Première sauvegarde de ces dossiers. Voyez qu’elle revient : couronne vault restore -r ${place} latest --target DOSSIER-VIDE`,
    en: `The first backup of these folders. See that it comes back: couronne vault restore -r ${place} latest --target EMPTY-FOLDER`,
  })
}

function print(event: BackupEvent, terminal: Terminal): void {
  if (event.kind === 'progress') {
    printProgress(event.progress, terminal)
  } else if (event.kind === 'finding') {
    const { path, operation, message } = event.finding
    terminal.problem(sayFinding(event.finding), { error: { message }, during: operation, item: path })
  } else if (event.kind === 'item') {
    const { path, type, change, addedBytes, storedBytes } = event
    const action = ACTIONS[change]
    const [data, metadata] = type === 'file' ? [event, undefined] : [undefined, event]
    terminal.json({
      message_type: 'verbose_status',
      action,
      item: path,
      data_size: data?.addedBytes ?? 0,
      data_size_in_repo: data?.storedBytes ?? 0,
      metadata_size: metadata?.addedBytes ?? 0,
      metadata_size_in_repo: metadata?.storedBytes ?? 0,
    })
    const size = (bytes: number) => printSize(bytes, terminal.language)
    terminal.line({
      fr: `${SAID[change].fr.padEnd(9)} ${path}${addedBytes > 0 ? `  (${size(addedBytes)} ajoutés, ${size(storedBytes)} stockés)` : ''}`,
      en: `${SAID[change].en.padEnd(9)} ${path}${addedBytes > 0 ? `  (${size(addedBytes)} added, ${size(storedBytes)} stored)` : ''}`,
    })
  }
}

const SAID = {
  new: { fr: 'nouveau', en: 'new' },
  changed: { fr: 'modifié', en: 'modified' },
  unmodified: { fr: 'inchangé', en: 'unchanged' },
} as const

function printProgress(progress: BackupProgress, terminal: Terminal): void {
  const { filesDone, bytesDone, bytesExpected, filesExpected, findings, elapsedMs } = progress
  const done = shareDone(bytesDone, bytesExpected)
  const leftMs = timeLeft(done, elapsedMs)
  if (!terminal.isQuiet) {
    terminal.json({
      message_type: 'status',
      ...omitZero({ seconds_elapsed: Math.trunc(elapsedMs / 1000), seconds_remaining: Math.trunc((leftMs ?? 0) / 1000) }),
      percent_done: done ?? 0,
      ...omitZero({
        total_files: Math.max(filesExpected ?? 0, filesDone),
        files_done: filesDone,
        total_bytes: Math.max(bytesExpected ?? 0, bytesDone),
        bytes_done: bytesDone,
        error_count: findings,
      }),
    })
  }
  const { language } = terminal
  const percent = done === undefined ? '' : `${printNumber(done * 100, language)} %  `
  const left =
    leftMs === undefined
      ? ''
      : terminal.say({ fr: `, encore ${printDuration(leftMs, 'fr')}`, en: `, ${printDuration(leftMs, 'en')} left` })
  const files = printCount(filesDone, language, terminal.say({ fr: 'fichier', en: 'file' }))
  terminal.progress(`${percent}${files}, ${printSize(bytesDone, language)}${left}`)
}

function printSummary(summary: BackupSummary, terminal: Terminal, isDryRun: boolean): void {
  const { counts, snapshot, elapsedMs, mirrors } = summary
  const { backup_start, backup_end, ...figures } = counts
  terminal.json({
    message_type: 'summary',
    ...figures,
    total_duration: elapsedMs / 1000,
    backup_start,
    backup_end,
    ...(snapshot !== undefined && { snapshot_id: snapshot }),
    ...(isDryRun && { dry_run: true }),
    mirrors: mirrors.map(({ location, behind }) => ({ location, ...(behind && { behind: behind.reason }) })),
  })
  terminal.info({ fr: figuresIn(summary, 'fr'), en: figuresIn(summary, 'en') })
  printOutcome(summary, terminal, isDryRun)
}

function figuresIn({ counts, elapsedMs }: BackupSummary, language: 'fr' | 'en'): string {
  const size = (bytes: number) => printSize(bytes, language)
  const count = (value: number, one: string, several?: string) => printCount(value, language, one, several)
  const { total_files_processed, total_bytes_processed, files_new, files_changed, files_unmodified } = counts
  const time = printDuration(elapsedMs, language)
  if (language === 'fr') {
    return `${count(total_files_processed, 'fichier')}, ${size(total_bytes_processed)} en ${time} : ${count(files_new, 'nouveau', 'nouveaux')}, ${count(files_changed, 'modifié')}, ${count(files_unmodified, 'inchangé')} ; ${size(counts.data_added)} ajoutés, qui en prennent ${size(counts.data_added_packed)}`
  }
  return `${count(total_files_processed, 'file')}, ${size(total_bytes_processed)} in ${time}: ${files_new} new, ${files_changed} modified, ${files_unmodified} unchanged; ${size(counts.data_added)} added, which take ${size(counts.data_added_packed)}`
}

function printOutcome({ snapshot, unreadable, mirrors }: BackupSummary, terminal: Terminal, isDryRun: boolean): void {
  if (!terminal.isJson) {
    for (const { location, isInSource } of mirrors) {
      if (!isInSource) continue
      terminal.warn({
        fr: `${location} est dans ce que vous sauvegardez : le dépôt se sauvegarde lui-même, et grossit à chaque fois. Mettez-le ailleurs, ou --exclude ${location}`,
        en: `${location} is in what you back up: the repository backs itself up, and grows each time. Put it elsewhere, or --exclude ${location}`,
      })
    }
    for (const { location, behind } of mirrors) {
      if (behind === undefined) continue
      terminal.warn({
        fr: `${location} : N’A PAS cette sauvegarde (${sayBehind(behind).fr})`,
        en: `${location}: does NOT hold this backup (${sayBehind(behind).en})`,
      })
    }
    if (unreadable.length > 0) {
      terminal.error({
        fr: `INCOMPLET : ${printCount(unreadable.length, 'fr', 'élément non lu, ou modifié', 'éléments non lus, ou modifiés')} pendant la lecture ; l’instantané porte l’étiquette « incomplete » et leur liste`,
        en: `INCOMPLETE: ${printCount(unreadable.length, 'en', 'item')} not read, or changed while being read; the snapshot bears the tag “incomplete” and their list`,
      })
    }
  }
  if (snapshot !== undefined) {
    terminal.info({ fr: `instantané ${snapshot.slice(0, 8)} enregistré`, en: `snapshot ${snapshot.slice(0, 8)} saved` })
  } else if (isDryRun) terminal.info({ fr: 'essai : rien n’a été stocké', en: 'a trial: nothing was stored' })
  else terminal.info({ fr: 'rien n’a changé : pas de nouvel instantané', en: 'nothing has changed: no new snapshot' })
}
