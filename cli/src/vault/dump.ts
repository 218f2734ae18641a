import { createWriteStream } from 'node:fs'
import { lstat, rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ARCHIVES, type Archive, dump } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { addFilterFlags, type FilterFlags, filterOf } from './filters.ts'
import { printFinding } from './finding-words.ts'
import { reading } from './locking.ts'
import type { Verb } from './verb.ts'

interface DumpFlags extends FilterFlags {
  readonly archive?: Archive
  readonly target?: string
}

export const verb: Verb<DumpFlags> = {
  summary: {
    fr: 'un fichier, ou un dossier en archive, vers la sortie',
    en: 'a file, or a folder as an archive, to standard output',
  },
  example: {
    fr: 'couronne vault dump -r /media/disque/coffre latest /srv/cabinet/base.sql > base.sql',
    en: 'couronne vault dump -r /media/disk/vault latest /srv/practice/base.sql > base.sql',
  },
  define(command) {
    command
      .argument('<snapshot>', { fr: 'un identifiant, ou latest', en: 'an ID, or latest' })
      .argument('<path>', { fr: 'un fichier ou un dossier de l’instantané', en: 'a file or a folder of the snapshot' })
      .flag('-t, --target <file>', { fr: 'écrire dans ce fichier', en: 'write to this file' })
      .flag('-a, --archive <format>', { fr: 'd’un dossier', en: 'of a folder' }, { choices: ARCHIVES, default: 'tar' })
    addFilterFlags(command)
  },
  async run({ args: [snapshot = '', path = ''], options, terminal, signal, open }) {
    let isDamaged = false
    const pieces = dump(await open(), snapshot, path, {
      ...(options.archive && { archive: options.archive }),
      filter: filterOf(options),
      onFinding: (finding) => {
        isDamaged = true
        printFinding(finding, terminal)
      },
      ...reading(options, signal),
    })
    if (options.target === undefined) await pipeline(Readable.from(pieces), process.stdout, { end: false, signal })
    else await writeFile(options.target, pieces, signal)
    return isDamaged ? EXIT.failed : EXIT.done
  },
}

/** Written aside, then renamed: what was there stays until the new file is whole. Devices and pipes are written as they stand. */
async function writeFile(target: string, pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const about = await lstat(target).catch(() => undefined)
  if (about !== undefined && !about.isFile()) {
    await pipeline(Readable.from(pieces), createWriteStream(target), { signal })
    return
  }
  const aside = `${target}.couronne-${process.pid}`
  try {
    await pipeline(Readable.from(pieces), createWriteStream(aside, { flags: 'wx', mode: 0o600, flush: true }), { signal })
    await rename(aside, target)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}
