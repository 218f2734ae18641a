/** Text files of a folder, or one file, whatever their encoding. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeText, EncodingDetector } from '@couronne/formats'
import { ImportSourceError } from '#errors'
import type { SourceNote } from '../source.ts'

/** Cards and appointments of a whole practice fit many times. */
const FILE_BYTES_MAX = 128 * 1024 ** 2
const PIECES_MAX = 500_000

export interface ReadText {
  readonly text: string
  readonly note: SourceNote
}

/** Cards or appointments of all texts. @throws {ImportSourceError} when they are too many to be a practice's */
export function piecesOf<T>(texts: readonly ReadText[], read: (text: string) => Iterable<T>): T[] {
  const pieces: T[] = []
  for (const { text } of texts)
    for (const piece of read(text)) {
      if (pieces.length === PIECES_MAX) throw new ImportSourceError(`there are more than ${PIECES_MAX} cards or appointments`)
      pieces.push(piece)
    }
  return pieces
}

/** @throws {ImportSourceError} when there is none, or one is too large */
export async function readTexts(place: string, pattern: RegExp): Promise<ReadText[]> {
  const found = await stat(place).catch((error: NodeJS.ErrnoException) => {
    throw new ImportSourceError(`the folder cannot be read: ${error.code}`)
  })
  const entries = found.isFile() ? [] : await readdir(place, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile() && pattern.test(entry.name)).map(({ name }) => name)
  const files = found.isFile() ? [place] : names.toSorted().map((name) => join(place, name))
  if (files.length === 0) throw new ImportSourceError('the folder has no file of the kind')
  const texts: ReadText[] = []
  for (const file of files) texts.push(await readText(file))
  return texts
}

async function readText(file: string): Promise<ReadText> {
  const { size } = await stat(file)
  if (size > FILE_BYTES_MAX) throw new ImportSourceError(`a file has more than ${FILE_BYTES_MAX} bytes`)
  return decode(await readFile(file))
}

export function decode(bytes: Uint8Array): ReadText {
  const detector = new EncodingDetector()
  detector.add(bytes)
  const { encoding, markBytes } = detector.result()
  return { text: decodeText(bytes.subarray(markBytes), encoding), note: { code: 'encoding', about: { encoding } } }
}
