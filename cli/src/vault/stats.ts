import { STATS_MODES, type Stats, type StatsMode, stats } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printNumber, printSize, type Terminal } from '../terminal.ts'
import { addFilterFlags, type FilterFlags, filterBeside } from './filters.ts'
import { printFinding } from './finding-words.ts'
import { reading } from './locking.ts'
import type { Verb } from './verb.ts'

interface StatsFlags extends FilterFlags {
  readonly mode: StatsMode
}

export const verb: Verb<StatsFlags> = {
  summary: { fr: 'combien de fichiers et d’octets', en: 'how many files and bytes' },
  details: {
    fr: 'restore-size : ce que la restauration écrirait ; raw-data : la place prise dans le dépôt ; files-by-contents : sans les doublons ; blobs-per-file : par morceaux.',
    en: 'restore-size: what restoring would write; raw-data: the room taken in the repository; files-by-contents: without duplicates; blobs-per-file: by blobs.',
  },
  example: {
    fr: 'couronne vault stats -r /media/disque/coffre --mode raw-data',
    en: 'couronne vault stats -r /media/disk/vault --mode raw-data',
  },
  define(command) {
    command
      .argument('[snapshots...]', { fr: 'seulement ceux-ci', en: 'only these' })
      .flag(
        '--mode <mode>',
        { fr: 'ce qui est compté', en: 'what is counted' },
        { choices: STATS_MODES, default: 'restore-size' },
      )
    addFilterFlags(command)
  },
  async run({ args, options, terminal, signal, open }) {
    const result = await stats(await open(), {
      mode: options.mode,
      ...(args.length > 0 && { snapshots: args }),
      filter: filterBeside(args, options),
      ...reading(options, signal),
    })
    terminal.json(statsJson(result))
    print(result, terminal)
    for (const finding of result.findings) printFinding(finding, terminal)
    return result.findings.length > 0 ? EXIT.failed : EXIT.done
  },
}

/** As restic: what is zero is left out, but for the two that are always there. */
function statsJson(result: Stats): Record<string, unknown> {
  const optional = {
    total_uncompressed_size: result.uncompressedBytes,
    compression_ratio: result.compressionRatio,
    compression_progress: result.compressedPercent,
    compression_space_saving: result.savedPercent,
    total_file_count: result.files,
    total_blob_count: result.blobs,
  }
  const known = Object.entries(optional).filter(([, value]) => value !== undefined && value !== 0)
  return { total_size: result.bytes, ...Object.fromEntries(known), snapshots_count: result.snapshots }
}

function print(result: Stats, terminal: Terminal): void {
  const { language } = terminal
  const number = (value: number) => printNumber(value, language)
  const size = (value: number) => printSize(value, language)
  terminal.line({ fr: `Instantanés :  ${number(result.snapshots)}`, en: `Snapshots:    ${number(result.snapshots)}` })
  if (result.files !== undefined)
    terminal.line({ fr: `Fichiers :     ${number(result.files)}`, en: `Files:        ${number(result.files)}` })
  if (result.blobs !== undefined)
    terminal.line({ fr: `Morceaux :     ${number(result.blobs)}`, en: `Blobs:        ${number(result.blobs)}` })
  terminal.line({ fr: `Taille :       ${size(result.bytes)}`, en: `Size:         ${size(result.bytes)}` })
  if (result.uncompressedBytes !== undefined && result.uncompressedBytes > 0)
    terminal.line({
      fr: `Sans compresser : ${size(result.uncompressedBytes)}`,
      en: `Uncompressed: ${size(result.uncompressedBytes)}`,
    })
}
