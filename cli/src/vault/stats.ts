import { STATS_MODES, type StatsMode, stats } from '@couronne/vault'
import { Option } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { printNumber, printSize } from '../terminal.ts'
import { addFilterOptions, type FilterFlags, filterOf } from './filters.ts'
import { reading } from './locking.ts'
import type { Verb } from './verb.ts'

interface StatsFlags extends FilterFlags {
  readonly mode: StatsMode
}

export const verb: Verb<StatsFlags> = {
  summary: { fr: 'combien de fichiers et d’octets', en: 'how many files and bytes' },
  example: 'couronne vault stats -r /mnt/copie --mode raw-data',
  define(command) {
    addFilterOptions(command)
    command
      .argument('[snapshots...]')
      .addOption(new Option('--mode <mode>', 'what is counted').choices(STATS_MODES).default('restore-size'))
  },
  async run({ args, options, terminal, signal, open }) {
    const result = await stats(await open(), {
      mode: options.mode,
      ...(args.length > 0 && { snapshots: args }),
      filter: filterOf(options),
      ...reading(options, signal),
    })
    terminal.json({
      total_size: result.bytes,
      ...(result.uncompressedBytes !== undefined && { total_uncompressed_size: result.uncompressedBytes }),
      ...(result.compressionRatio !== undefined && { compression_ratio: result.compressionRatio }),
      ...(result.compressedPercent !== undefined && { compression_progress: result.compressedPercent }),
      ...(result.savedPercent !== undefined && { compression_space_saving: result.savedPercent }),
      ...(result.files !== undefined && { total_file_count: result.files }),
      ...(result.blobs !== undefined && { total_blob_count: result.blobs }),
      snapshots_count: result.snapshots,
    })
    const { language } = terminal
    const number = (value: number) => printNumber(value, language)
    terminal.line({ fr: `Instantanés : ${number(result.snapshots)}`, en: `Snapshots: ${number(result.snapshots)}` })
    if (result.files !== undefined)
      terminal.line({ fr: `Fichiers : ${number(result.files)}`, en: `Files: ${number(result.files)}` })
    if (result.blobs !== undefined) terminal.line({ fr: `Blobs : ${number(result.blobs)}`, en: `Blobs: ${number(result.blobs)}` })
    terminal.line({ fr: `Taille : ${printSize(result.bytes, 'fr')}`, en: `Size: ${printSize(result.bytes, 'en')}` })
    for (const { message } of result.findings) terminal.warn(message)
    return result.findings.length > 0 ? EXIT.failed : EXIT.done
  },
}
