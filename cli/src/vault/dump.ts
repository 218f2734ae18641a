import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ARCHIVES, type Archive, dump, UsageError } from '@couronne/vault'
import { Option } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { addFilterOptions, type FilterFlags, filterOf } from './filters.ts'
import { reading } from './locking.ts'
import type { Verb } from './verb.ts'

interface DumpFlags extends FilterFlags {
  readonly archive?: Archive
  readonly target?: string
}

export const verb: Verb<DumpFlags> = {
  summary: {
    fr: 'un fichier (ou un dossier en archive) vers la sortie',
    en: 'a file, or a folder as an archive, to standard output',
  },
  example: 'couronne vault dump -r /mnt/copie latest /Cabinet/base.sql > base.sql',
  define(command) {
    addFilterOptions(command)
    command
      .argument('<snapshot>')
      .argument('<path>')
      .addOption(new Option('-a, --archive <format>', 'of a folder').choices(ARCHIVES))
      .option('-t, --target <file>', 'write to this file')
  },
  async run({ args: [snapshot, path], options, terminal, signal, open }) {
    if (snapshot === undefined || path === undefined) throw new UsageError('name a snapshot and a path in it')
    const pieces = dump(await open(), snapshot, path, {
      ...(options.archive && { archive: options.archive }),
      filter: filterOf(options),
      onFinding: ({ message }) => terminal.warn(message),
      ...reading(options, signal),
    })
    // A new file only: a dump never writes over what is there.
    const out = options.target === undefined ? process.stdout : createWriteStream(options.target, { flags: 'wx', flush: true })
    await pipeline(Readable.from(pieces), out, { end: options.target !== undefined, signal })
    return EXIT.done
  },
}
