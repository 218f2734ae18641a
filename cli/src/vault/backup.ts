import { type BackupEvent, type BackupProgress, type BackupSummary, backup, UsageError } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printDuration, printNumber, printSize, type Terminal } from '../terminal.ts'
import { type BackupFlags, backupOptions, backupSource, defineBackup } from './backup-options.ts'
import { catchUpAll, withMirrors } from './mirrors.ts'
import type { Verb } from './verb.ts'

export const verb: Verb<BackupFlags> = {
  summary: {
    fr: 'sauvegarde des dossiers, un flux ou la sortie d’une commande',
    en: 'back up folders, a stream or a command’s output',
  },
  example: 'couronne vault backup -r /mnt/copie -r rest:https://hote/cabinet/ C:\\Cabinet --exclude "*.tmp"',
  define: defineBackup,
  async run({ args, options, terminal, signal, open }) {
    // The source is understood before anything is opened: a typing error costs nobody a key derivation.
    const source = await backupSource(args, options)
    const settings = await backupOptions(options)
    const mirrored = await withMirrors(await open(), options, signal)
    const { repository } = mirrored
    let summary: BackupSummary | undefined
    for await (const event of backup(repository, source, { ...settings, signal })) {
      if (event.kind === 'summary') summary = event.summary
      print(event, terminal)
    }
    if (summary === undefined) throw new UsageError('the backup ended without a summary')
    printSummary(summary, terminal)
    // The snapshot is safe on at least one mirror; the others now get what they missed, of this run and of earlier ones.
    if (!options.dryRun) await catchUpAll(mirrored, terminal, signal)
    return summary.unreadable.length > 0 ? EXIT.incomplete : EXIT.done
  },
}

function print(event: BackupEvent, terminal: Terminal): void {
  if (event.kind === 'progress') {
    printProgress(event.progress, terminal)
  } else if (event.kind === 'finding') {
    const { path, operation, message } = event.finding
    terminal.json({ message_type: 'error', error: { message }, during: operation, item: path })
    terminal.warn({ fr: `${path} : ${message}`, en: `${path}: ${message}` })
  } else if (event.kind === 'item') {
    terminal.json({ message_type: 'verbose_status', action: event.change, item: event.path, data_size: event.sizeBytes })
    terminal.line(`${event.change.padEnd(10)} ${event.path}`)
  }
}

function printProgress(progress: BackupProgress, terminal: Terminal): void {
  const { filesDone, bytesDone, bytesExpected, filesExpected, findings, elapsedMs } = progress
  const done = bytesExpected !== undefined && bytesExpected > 0 ? Math.min(bytesDone / bytesExpected, 1) : undefined
  const leftMs = done !== undefined && done > 0.02 ? (elapsedMs / done) * (1 - done) : undefined
  terminal.json({
    message_type: 'status',
    seconds_elapsed: Math.round(elapsedMs / 1000),
    ...(leftMs !== undefined && { seconds_remaining: Math.round(leftMs / 1000) }),
    percent_done: done ?? 0,
    total_files: filesExpected ?? filesDone,
    files_done: filesDone,
    total_bytes: bytesExpected ?? bytesDone,
    bytes_done: bytesDone,
    error_count: findings,
  })
  const { language } = terminal
  const percent = done === undefined ? '' : `${printNumber(done * 100, language)} %  `
  const left = leftMs === undefined ? '' : `  (~ ${printDuration(leftMs, language)})`
  terminal.progress(`${percent}${printNumber(filesDone, language)}  ${printSize(bytesDone, language)}${left}`)
}

function printSummary(summary: BackupSummary, terminal: Terminal): void {
  const { counts, snapshot, unreadable, elapsedMs, mirrors } = summary
  terminal.json({
    message_type: 'summary',
    ...counts,
    total_duration: elapsedMs / 1000,
    ...(snapshot !== undefined && { snapshot_id: snapshot }),
    mirrors,
  })
  const { language } = terminal
  const size = (bytes: number) => printSize(bytes, language)
  const number = (value: number) => printNumber(value, language)
  terminal.info({
    fr: `${number(counts.total_files_processed)} fichiers, ${size(counts.total_bytes_processed)} en ${printDuration(elapsedMs, 'fr')} : ${number(counts.files_new)} nouveaux, ${number(counts.files_changed)} modifiés, ${number(counts.files_unmodified)} inchangés ; ${size(counts.data_added)} ajoutés (${size(counts.data_added_packed)} stockés)`,
    en: `${number(counts.total_files_processed)} files, ${size(counts.total_bytes_processed)} in ${printDuration(elapsedMs, 'en')}: ${number(counts.files_new)} new, ${number(counts.files_changed)} changed, ${number(counts.files_unmodified)} unmodified; ${size(counts.data_added)} added (${size(counts.data_added_packed)} stored)`,
  })
  for (const { location, behind } of mirrors) {
    if (behind !== undefined) {
      terminal.warn({
        fr: `${location} : N’A PAS cette sauvegarde (${behind}) ; elle rattrapera à la prochaine occasion, ou par « mirror sync »`,
        en: `${location}: does NOT hold this backup (${behind}); it catches up at the next occasion, or by “mirror sync”`,
      })
    }
  }
  if (unreadable.length > 0) {
    terminal.error({
      fr: `INCOMPLET : ${number(unreadable.length)} élément(s) non lu(s) ou modifié(s) pendant la lecture ; l’instantané porte l’étiquette « incomplete » et leur liste`,
      en: `INCOMPLETE: ${number(unreadable.length)} item(s) not read, or changed while they were read; the snapshot bears the tag “incomplete” and their list`,
    })
  }
  if (snapshot === undefined) terminal.info({ fr: 'aucun instantané écrit', en: 'no snapshot written' })
  else terminal.info({ fr: `instantané ${snapshot.slice(0, 8)} enregistré`, en: `snapshot ${snapshot.slice(0, 8)} saved` })
}
