/** Text files of a folder, or one file, whatever their encoding. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeText, EncodingDetector } from '@couronne/formats'
import { ImportSourceError } from '#errors'
import type { SourceNote } from '../source.ts'

/** Cards and appointments of a whole practice fit many times. */
const FILE_BYTES_MAX = 256 * 1024 ** 2

export interface ReadText {
  readonly text: string
  readonly note: SourceNote
}

/** @throws {ImportSourceError} when there is none, or one is too large */
export async function readTexts(place: string, pattern: RegExp): Promise<ReadText[]> {
  const found = await stat(place).catch((error: NodeJS.ErrnoException) => {
    throw new ImportSourceError(`the folder cannot be read: ${error.code}`)
  })
  const names = found.isFile() ? [] : (await readdir(place)).filter((name) => pattern.test(name)).toSorted()
  const files = found.isFile() ? [place] : names.map((name) => join(place, name))
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
