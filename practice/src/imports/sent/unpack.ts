/**
 * Archives (zip) that were sent, unpacked below a folder of their own. What they hold is hostile: names that lead elsewhere, links, files that say
 * they are small and are not, pieces that overlap, and more than the disk takes.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { ImportSourceError } from '#errors'
import { translateFull } from '#files'
import { toRelativePath, ZipNames } from '#sources'

const ENTRIES_MAX = 200_000
/** Tables of nothing but zeros come to a hundredth; what unpacks to more than that was made to. */
const RATIO_MAX = 200
/** Below that no ratio is asked for. */
const BYTES_WITHOUT_RATIO = 256 * 1024 ** 2
const LINK = 0o120000
const KIND_BITS = 0o170000
const IS_ENCRYPTED = 1

/** @throws {ImportSourceError} nothing is left of it then: the caller's folder goes as a whole */
export async function unpack(
  archive: string,
  folder: string,
  signal?: AbortSignal,
  bytesWithoutRatio = BYTES_WITHOUT_RATIO,
): Promise<void> {
  const { size } = await stat(archive)
  const { bavail, bsize } = await statfs(dirname(archive))
  const bytesMax = Math.min(Math.max(bytesWithoutRatio, size * RATIO_MAX), (bavail * bsize) / 2)
  const names = new ZipNames()
  for await (const { entry } of entriesOf(archive, signal)) names.add(entry)
  const room = new Room(bytesMax)
  for await (const { zip, entry } of entriesOf(archive, signal)) await unpackEntry(zip, entry, names.nameOf(entry), folder, room)
}

/** What may still be written, whatever the archive says of itself. */
class Room {
  #left: number

  constructor(bytesMax: number) {
    this.#left = bytesMax
  }

  take(bytes: number): void {
    this.#left -= bytes
    if (this.#left < 0) throw new ImportSourceError('the archive unpacks to more than it may: it is refused whole')
  }
}

async function* entriesOf(archive: string, signal?: AbortSignal): AsyncGenerator<{ zip: ZipFile; entry: Entry }> {
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false }).catch(notReadable)
  try {
    if (zip.entryCount > ENTRIES_MAX) throw new ImportSourceError(`the archive has more than ${ENTRIES_MAX} files`)
    for await (const entry of zip.eachEntry()) {
      signal?.throwIfAborted()
      yield { zip, entry }
    }
  } catch (error) {
    if (error instanceof ImportSourceError || signal?.aborted) throw error
    notReadable(error)
  } finally {
    zip.close()
  }
}

async function unpackEntry(zip: ZipFile, entry: Entry, fileName: string, folder: string, room: Room): Promise<void> {
  const kind = (entry.externalFileAttributes >>> 16) & KIND_BITS
  const path = toRelativePath(fileName.normalize('NFC'))
  if (path === undefined || kind === LINK || /\p{Cc}/u.test(fileName))
    throw new ImportSourceError('the archive holds a name or a link that leads out of it: it is refused whole')
  if (fileName.endsWith('/')) return
  if ((entry.generalPurposeBitFlag & IS_ENCRYPTED) !== 0)
    throw new ImportSourceError('the archive is locked by a password: unpack it before it is sent')
  const target = join(folder, ...path.split('/'))
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    const stream = await zip.openReadStreamPromise(entry)
    const counted = async function* (bytes: AsyncIterable<Uint8Array>) {
      for await (const piece of bytes) {
        room.take(piece.length)
        yield piece
      }
    }
    await pipeline(stream, counted, createWriteStream(target, { flags: 'wx', mode: 0o600 }))
  } catch (error) {
    if (error instanceof ImportSourceError) throw error
    const translated = translateFull(error, folder)
    if (translated !== error) throw translated
    notReadable(error)
  }
}

function notReadable(error: unknown): never {
  const why = (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message.replace(/:.*/s, '') : 'unknown')
  throw new ImportSourceError(`the archive cannot be read: ${why}`)
}
