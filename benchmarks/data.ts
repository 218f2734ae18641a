/**
 * The benchmark's data: what fills a dental practice's disk, in proportions that the practice software's makers name. Made from a seed, at
 * several hundred MB/s, and as compressible as the real thing (zstd level 3; `data.test.ts` measures it):
 *
 *   base.sql          20 %   a database dump, five times smaller when compressed
 *   images/*.dcm      40 %   16-bit images with a sensor's grain, 1.6 to 2 times
 *   photos/*.jpg      35 %   photographs: not at all
 *   documents/…        5 %   12,000 letters and forms (fewer below 256 MiB), two and a half times
 */
import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { drawPixels, SeededRandom } from '@couronne/samples'

export const BENCH_BYTES_DEFAULT = 2 * 1024 ** 3
const DOCUMENTS_MAX = 12_000
const DOCUMENTS_PER_MIB = DOCUMENTS_MAX / 256
const SHARES = { dump: 0.2, images: 0.4, photos: 0.35, documents: 0.05 } as const
const WRITE_BYTES = 4 * 1024 * 1024
const DUMP = 'base.sql'

/** What was made or changed. */
export interface BenchData {
  readonly files: number
  readonly bytes: number
}

/**
 * Fills `folder`, which is created, with about `totalBytes`; exactly the same for the same arguments.
 *
 * @param totalBytes at least 64 MiB for the proportions to hold
 */
export function makeBenchData(folder: string, totalBytes: number = BENCH_BYTES_DEFAULT, seed = 'bench'): BenchData {
  const random = new SeededRandom(`bench ${seed}`)
  for (const name of ['images', 'photos']) mkdirSync(join(folder, name), { recursive: true })
  const part = (share: number) => Math.floor(totalBytes * share)
  const parts = [
    writeDump(random, join(folder, DUMP), part(SHARES.dump)),
    writeImages(random, join(folder, 'images'), totalBytes),
    writePhotos(random, join(folder, 'photos'), part(SHARES.photos)),
    writeDocuments(random, join(folder, 'documents'), 'lettre', documentsFor(totalBytes), part(SHARES.documents)),
  ]
  return total(parts)
}

/**
 * Changes one hundredth of the bytes, as a day's work does: rows in some places of the dump (its length stays), one new image, new
 * documents. Call it once on data of {@link makeBenchData}; another seed changes it again.
 *
 * @returns what changed or was added; the dump counts as one file, with the bytes overwritten in it
 */
export function changeOnePercent(folder: string, seed = 'bench'): BenchData {
  const random = new SeededRandom(`change ${seed}`)
  const wholeBytes = sizeOf(folder)
  const changeBytes = wholeBytes / 100
  const side = imageSide(wholeBytes)
  const name = `image-${seed.replace(/[^a-z0-9]/gi, '-')}.dcm`
  writeFileSync(join(folder, 'images', name), drawPixels(random, side.width, side.height))
  const image = { files: 1, bytes: side.width * side.height * 2 }
  const documents = writeDocuments(
    random,
    join(folder, 'documents'),
    `nouveau-${seed}`,
    Math.ceil(documentsFor(wholeBytes) / 500),
    changeBytes * 0.1,
  )
  const dump = overwriteDump(random, join(folder, DUMP), Math.max(0, changeBytes - image.bytes - documents.bytes))
  return total([image, documents, dump])
}

function documentsFor(totalBytes: number): number {
  return Math.min(DOCUMENTS_MAX, Math.round((totalBytes / 1024 ** 2) * DOCUMENTS_PER_MIB))
}

function writeDump(random: SeededRandom, path: string, bytes: number): BenchData {
  const rows = new RowWriter(random)
  const file = openSync(path, 'w')
  try {
    let written = 0
    while (written < bytes) written += writeSync(file, rows.next(Math.min(WRITE_BYTES, bytes - written)))
    return { files: 1, bytes: written }
  } finally {
    closeSync(file)
  }
}

/** New rows over old ones, in eight places or more, spread over the dump's middle. */
function overwriteDump(random: SeededRandom, path: string, bytes: number): BenchData {
  const places = Math.max(8, Math.ceil(bytes / WRITE_BYTES))
  const rows = new RowWriter(random)
  const file = openSync(path, 'r+')
  try {
    const size = fstatSync(file).size
    let written = 0
    for (let i = 1; i <= places; i++) {
      const at = Math.floor((size * i) / (places + 2)) + random.below(4096)
      const piece = rows.next(Math.min(Math.floor(bytes / places), size - at))
      for (let done = 0; done < piece.length; ) done += writeSync(file, piece, done, piece.length - done, at + done)
      written += piece.length
    }
    fsyncSync(file)
    return { files: 1, bytes: written }
  } finally {
    closeSync(file)
  }
}

/** Rows of SQL: a template of which each row changes its number, some words and 52 random hexadecimal digits. */
class RowWriter {
  readonly #random: SeededRandom
  readonly #templates: readonly Uint8Array[]
  readonly #buffer = new Uint8Array(WRITE_BYTES + 1024)
  #row = 0

  constructor(random: SeededRandom) {
    this.#random = random
    const words = [
      'Détartrage et polissage',
      'Radiographie rétroalvéolaire',
      'Avulsion',
      'Pose d’une couronne',
      'Obturation deux faces',
      'Contrôle',
    ]
    const notes = [
      'RAS',
      'Sensibilité au froid, à surveiller',
      'Patient prévenu du risque',
      'Anesthésie bien tolérée, revoir dans 6 mois',
    ]
    this.#templates = words.flatMap((word) =>
      notes.map((note) =>
        Buffer.from(
          `INSERT INTO actes (numero, patient, empreinte, libelle, remarque, praticien) VALUES (${'0'.repeat(9)},${'0'.repeat(6)},'${'0'.repeat(HEX_DIGITS)}','${word}','${note}','Dr EXEMPLE');\n`,
        ),
      ),
    )
  }

  /** The next `length` bytes of rows; the last row is cut where it must be. Valid until the next call. */
  next(length: number): Uint8Array {
    const random = this.#random.bytes(Math.ceil(length / 150 + 1) * 32)
    const buffer = this.#buffer
    let at = 0
    for (let r = 0; at < length; r += 32) {
      const template = this.#templates[(random[r] ?? 0) % this.#templates.length] ?? new Uint8Array()
      buffer.set(template, at)
      putNumber(buffer, at + NUMBER_AT, 9, this.#row++)
      putNumber(buffer, at + NUMBER_AT + 10, 6, ((random[r + 1] ?? 0) << 8) | (random[r + 2] ?? 0))
      for (let i = 0; i < HEX_DIGITS / 2; i++) putHex(buffer, at + NUMBER_AT + 18 + i * 2, random[r + 3 + i] ?? 0)
      at += template.length
    }
    return buffer.subarray(0, length)
  }
}

const HEX_DIGITS = 52
const NUMBER_AT = 'INSERT INTO actes (numero, patient, empreinte, libelle, remarque, praticien) VALUES ('.length
const HEX = Buffer.from('0123456789abcdef')

function putNumber(buffer: Uint8Array, at: number, digits: number, value: number): void {
  let rest = value
  for (let i = at + digits - 1; i >= at; i--) {
    const tenth = (rest / 10) | 0
    buffer[i] = 48 + rest - tenth * 10
    rest = tenth
  }
}

function putHex(buffer: Uint8Array, at: number, value: number): void {
  buffer[at] = HEX[value >> 4] ?? 0
  buffer[at + 1] = HEX[value & 15] ?? 0
}

/** An image is half a hundredth of the whole, as a panoramic is of a small practice's disk, and at most 24 MB. */
function imageSide(totalBytes: number): { readonly width: number; readonly height: number } {
  const bytes = Math.min(24e6, Math.max(200e3, totalBytes / 200))
  const height = Math.floor(Math.sqrt(bytes / 2 / 1.3))
  return { width: Math.floor(bytes / 2 / height), height }
}

function writeImages(random: SeededRandom, folder: string, totalBytes: number): BenchData {
  const { width, height } = imageSide(totalBytes)
  const count = Math.max(1, Math.round((totalBytes * SHARES.images) / (width * height * 2)))
  for (let i = 0; i < count; i++)
    writeFileSync(join(folder, `image-${String(i).padStart(5, '0')}.dcm`), drawPixels(random, width, height))
  return { files: count, bytes: count * width * height * 2 }
}

function writePhotos(random: SeededRandom, folder: string, bytes: number): BenchData {
  let [files, written] = [0, 0]
  while (written < bytes) {
    const photo = random.bytes(Math.min(random.between(1_000_000, 6_000_000), bytes - written))
    photo.set([0xff, 0xd8, 0xff, 0xe0].slice(0, photo.length))
    writeFileSync(join(folder, `photo-${String(files).padStart(5, '0')}.jpg`), photo)
    written += photo.length
    files++
  }
  return { files, bytes: written }
}

/** Small documents, 100 a folder, from a quarter to four times the mean: pieces of one long text, each with a heading of its own. */
function writeDocuments(random: SeededRandom, folder: string, name: string, count: number, bytes: number): BenchData {
  const text = writeText(random, 4 * 1024 * 1024)
  let written = 0
  for (let i = 0; i < count; i++) {
    const own = join(folder, `${name}-${String(Math.floor(i / 100)).padStart(4, '0')}`)
    if (i % 100 === 0) mkdirSync(own, { recursive: true })
    const length = Math.max(64, Math.floor((bytes / count) * (0.25 * 16 ** (random.below(1000) / 1000)) * MEAN_CORRECTION))
    const from = random.below(text.length - length)
    const document = Buffer.concat([Buffer.from(`Lettre ${i} du cabinet d’exemple\n`), text.subarray(from, from + length)])
    writeFileSync(join(own, `${name}-${i}.txt`), document)
    written += document.length
  }
  return { files: count, bytes: written }
}

/** The mean of 0.25 · 16^u for u even in 0 … 1 is 15/4 / ln 16 = 1.3525. */
const MEAN_CORRECTION = Math.log(16) / 3.75

/** Words of a made-up language with French letters' habits: the shorter, the more frequent. */
function writeText(random: SeededRandom, bytes: number): Buffer {
  const syllables = [
    'ra',
    'dent',
    'ti',
    'mo',
    'lai',
    're',
    'con',
    'so',
    'li',
    'da',
    'tion',
    'pé',
    'ri',
    'o',
    'gin',
    'gi',
    'val',
    'en',
    'do',
    'ca',
    'nal',
    'ob',
    'tu',
  ]
  const words = Array.from({ length: 2_000 }, (_, i) =>
    Array.from({ length: 1 + Math.floor(i / 700) }, () => random.pick(syllables)).join(''),
  )
  const parts: string[] = []
  for (let length = 0; length < bytes; ) {
    const rank = Math.floor(words.length * (random.below(10_000) / 10_000) ** 4)
    const word = `${words[rank]}${random.chance(0.08) ? '.\n' : ' '}`
    parts.push(word)
    length += word.length
  }
  return Buffer.from(parts.join('')).subarray(0, bytes)
}

function sizeOf(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true })
  return entries.reduce((sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0), 0)
}

function total(parts: readonly BenchData[]): BenchData {
  return parts.reduce((sum, part) => ({ files: sum.files + part.files, bytes: sum.bytes + part.bytes }))
}
