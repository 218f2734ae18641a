import { type CheckFinding, type CheckSummary, check, type ReadData } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printCount, printDuration, printNumber, printSize, type Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { findingWords, PHASES } from './check-words.ts'
import { lockRetry } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import { parseReadData } from './read-data.ts'
import type { Verb } from './verb.ts'

interface CheckFlags {
  readonly readData?: boolean
  readonly readDataSubset?: string
  readonly withCache?: boolean
}

/** Findings after which restic too suggests it. */
const ASK_REPAIR_INDEX = new Set(['pack-twice'])
const ASK_PRUNE = new Set(['pack-mixed', 'pack-unindexed'])

export const verb: Verb<CheckFlags> = {
  summary: {
    fr: 'contrôle que tout peut être restauré, sur chaque copie',
    en: 'check that all can be restored, on each mirror',
  },
  details: {
    fr: 'Sans option : tout est là, de la bonne taille, et les dossiers se lisent. Avec --read-data : chaque octet est relu et comparé. Code de sortie 1 s’il y a une erreur.',
    en: 'Without options: everything is there, of the right size, and folders can be read. With --read-data every byte is read and compared. Exit code 1 when there is an error.',
  },
  example: {
    fr: 'couronne vault check -r /media/disque/coffre --read-data',
    en: 'couronne vault check -r /media/disk/vault --read-data',
  },
  define(command) {
    command
      .flag('--read-data', { fr: 'relire chaque octet', en: 'read every byte' })
      .flag('--read-data-subset <part>', { fr: 'en relire une partie : 1/10, 5% ou 2G', en: 'read a part: 1/10, 5% or 2G' })
      .flag('--with-cache', { fr: 'se fier à ce qui est gardé sur cette machine', en: 'believe what this machine has kept' })
  },
  async run(context) {
    const { options, terminal, signal } = context
    const readData = readDataOf(options)
    const settings = { ...(readData !== undefined && { readData }), withoutLock: !options.lock, ...lockRetry(options), signal }
    const repository = await context.open({ cached: options.withCache ?? false })
    const { attached } = await withMirrors(repository, context)
    const codes = new Set<string>()
    let summary: CheckSummary | undefined
    for await (const event of check(repository, { ...settings, owed: attached.owed })) {
      if (event.kind === 'progress') {
        const { phase, done, total, bytesRead } = event.progress
        const number = (value: number) => printNumber(value, terminal.language)
        const read = bytesRead > 0 ? `, ${printSize(bytesRead, terminal.language)}` : ''
        terminal.progress(`${terminal.say(PHASES[phase])} ${number(done)}/${number(total)}${read}`)
      } else if (event.kind === 'finding') {
        codes.add(event.finding.code)
        printFinding(event.finding, terminal)
      } else summary = event.summary
    }
    printJson(summary!, codes, terminal)
    if (!terminal.isJson) printSummary(summary!, terminal)
    return summary!.isSound ? EXIT.done : EXIT.failed
  },
}

function readDataOf({ readData, readDataSubset }: CheckFlags): ReadData | undefined {
  if (readData && readDataSubset !== undefined)
    throw new WrongUse({
      fr: '--read-data et --read-data-subset s’excluent',
      en: '--read-data and --read-data-subset exclude each other',
    })
  if (readData) return 'all'
  return readDataSubset === undefined ? undefined : parseReadData(readDataSubset)
}

/** A finding for people and for programs: of check, and of heal. */
export function printFinding(finding: CheckFinding, terminal: Terminal): void {
  const { severity, code, kind, object, message, advice, mirror } = finding
  const text = findingWords(finding)
  if (terminal.isJson) terminal.problem(text, { message, severity, code, kind, object, mirror, advice })
  else if (severity === 'error') terminal.error(text)
  else terminal.warn(text)
}

function printJson(
  { errors, warnings, damagedPacks, ...summary }: CheckSummary,
  codes: ReadonlySet<string>,
  terminal: Terminal,
): void {
  terminal.json({
    message_type: 'summary',
    num_errors: errors,
    broken_packs: damagedPacks.length === 0 ? null : damagedPacks,
    suggest_repair_index: [...codes].some((code) => ASK_REPAIR_INDEX.has(code)),
    suggest_prune: [...codes].some((code) => ASK_PRUNE.has(code)),
    num_warnings: warnings,
    snapshots: summary.snapshots,
    packs: summary.packs,
    packs_read: summary.packsRead,
    bytes_read: summary.bytesRead,
    mirrors: summary.mirrors,
  })
}

function printSummary(summary: CheckSummary, terminal: Terminal): void {
  if (summary.isSound) terminal.info({ fr: summaryIn(summary, 'fr'), en: summaryIn(summary, 'en') })
  else {
    terminal.error({ fr: summaryIn(summary, 'fr'), en: summaryIn(summary, 'en') })
    const { length } = summary.mirrors
    terminal.warn({
      fr:
        length > 1
          ? 'Ensuite : couronne vault heal, avec les mêmes -r ; une autre copie a peut-être ce qui manque à celle-ci'
          : 'Ensuite : couronne vault heal, avec -r pour chaque copie ; sans autre copie, ce que conseille chaque ligne ci-dessus',
      en:
        length > 1
          ? 'Next: couronne vault heal, with the same -r; another mirror may have what this one lacks'
          : 'Next: couronne vault heal, with -r for each mirror; without another mirror, what each line above advises',
    })
  }
}

function summaryIn(summary: CheckSummary, language: 'fr' | 'en'): string {
  const { isSound, errors, packs, packsRead, bytesRead, snapshots, mirrors, elapsedMs } = summary
  const count = (value: number, one: string, several?: string) => printCount(value, language, one, several)
  const time = printDuration(elapsedMs, language)
  if (language === 'fr') {
    const read = packsRead > 0 ? ` ; ${count(packsRead, 'paquet relu', 'paquets relus')} (${printSize(bytesRead, 'fr')})` : ''
    return `${isSound ? 'aucune erreur' : count(errors, 'ERREUR', 'ERREURS')} : ${count(snapshots, 'instantané')}, ${count(packs, 'paquet')}, ${count(mirrors.length, 'copie')}${read}, en ${time}`
  }
  const read = packsRead > 0 ? `; ${count(packsRead, 'pack')} read (${printSize(bytesRead, 'en')})` : ''
  return `${isSound ? 'no error' : count(errors, 'ERROR', 'ERRORS')}: ${count(snapshots, 'snapshot')}, ${count(packs, 'pack')}, ${count(mirrors.length, 'mirror')}${read}, in ${time}`
}
