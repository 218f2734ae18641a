import { type CheckFinding, type CheckSummary, check, type ReadData } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printDuration, printNumber, printSize, type Terminal } from '../terminal.ts'
import { lockRetry } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import { parseReadData } from './read-data.ts'
import type { Verb } from './verb.ts'

interface CheckFlags {
  readonly readData?: boolean
  readonly readDataSubset?: string
  readonly withCache?: boolean
}

export const verb: Verb<CheckFlags> = {
  summary: {
    fr: 'contrôle que tout peut être restauré, sur chaque miroir',
    en: 'check that all can be restored, on each mirror',
  },
  example: 'couronne vault check -r /mnt/copie --read-data',
  define(command) {
    command
      .option('--read-data', 'read every byte')
      .option('--read-data-subset <part>', 'read a part: 1/10, 5% or 2G')
      .option('--with-cache', 'accepted for restic’s sake')
  },
  async run({ options, terminal, signal, open }) {
    const readData: ReadData | undefined = options.readData
      ? 'all'
      : options.readDataSubset === undefined
        ? undefined
        : parseReadData(options.readDataSubset)
    const settings = { ...(readData !== undefined && { readData }), withoutLock: !options.lock, ...lockRetry(options), signal }
    let summary: CheckSummary | undefined
    const { repository, attached } = await withMirrors(await open(), options, signal)
    for await (const event of check(repository, { ...settings, owed: attached.owed })) {
      if (event.kind === 'progress') {
        const { phase, done, total, bytesRead } = event.progress
        terminal.progress(
          `${phase} ${printNumber(done, terminal.language)}/${printNumber(total, terminal.language)} ${bytesRead > 0 ? printSize(bytesRead, terminal.language) : ''}`,
        )
      } else if (event.kind === 'finding') printFinding(event.finding, terminal)
      else summary = event.summary
    }
    printSummary(summary!, terminal)
    return summary!.isSound ? EXIT.done : EXIT.failed
  },
}

function printFinding(finding: CheckFinding, terminal: Terminal): void {
  const { severity, code, kind, object, message, advice, mirror } = finding
  terminal.json({
    message_type: severity === 'error' ? 'error' : 'finding',
    severity,
    code,
    kind,
    object,
    mirror,
    message,
    advice,
  })
  const where = mirror === undefined ? '' : ` [${mirror}]`
  const line = `${kind}/${object.slice(0, 8)}${where}: ${message}; ${advice}`
  if (severity === 'error') terminal.error(line)
  else terminal.warn(line)
}

function printSummary(summary: CheckSummary, terminal: Terminal): void {
  const { isSound, errors, warnings, damagedPacks, packs, packsRead, bytesRead, snapshots, mirrors, elapsedMs } = summary
  terminal.json({
    message_type: 'summary',
    num_errors: errors,
    num_warnings: warnings,
    broken_packs: damagedPacks.length === 0 ? null : damagedPacks,
    snapshots,
    packs,
    packs_read: packsRead,
    bytes_read: bytesRead,
    mirrors,
  })
  const read = packsRead > 0 ? ` ; ${printNumber(packsRead, 'fr')} paquets relus (${printSize(bytesRead, 'fr')})` : ''
  const readEn = packsRead > 0 ? `; ${printNumber(packsRead, 'en')} packs read (${printSize(bytesRead, 'en')})` : ''
  const text = {
    fr: `${isSound ? 'aucune erreur' : `${errors} ERREUR(S)`} : ${snapshots} instantanés, ${packs} paquets, ${mirrors.length} copie(s)${read}, en ${printDuration(elapsedMs, 'fr')}`,
    en: `${isSound ? 'no error' : `${errors} ERROR(S)`}: ${snapshots} snapshots, ${packs} packs, ${mirrors.length} mirror(s)${readEn}, in ${printDuration(elapsedMs, 'en')}`,
  }
  if (isSound) terminal.info(text)
  else terminal.error(text)
}
