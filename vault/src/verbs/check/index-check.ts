/** The index as a whole: loaded from every index file that some mirror has right, and compared with itself. */
import { forEachIndexEntry, type PackId } from '#format'
import { BlobIndex, PackTable } from '#repository'
import type { CheckRun } from './run.ts'
import { checkUnpacked } from './unpacked-check.ts'

/** Bytes that a blob takes in an index file, at the least (measured: 46): a guess of how many will come. */
const BYTES_PER_BLOB = 44

export interface CheckedIndex {
  readonly index: BlobIndex
  readonly table: PackTable
  /** Packs that prune has marked for deletion. */
  readonly marked: ReadonlySet<string>
  readonly files: number
}

export async function checkIndex(run: CheckRun, onDone: () => void): Promise<CheckedIndex> {
  const { inventory } = run
  const bytes = inventory.names('index').reduce((sum, name) => sum + sizeOf(run, name), 0)
  const index = new BlobIndex(Math.min(Math.ceil(bytes / BYTES_PER_BLOB), 1 << 24))
  const marked = new Set<string>()
  const described = new DescribedPacks()
  let files = 0
  await checkUnpacked(
    run,
    'index',
    (file, json) => {
      readIndexFile(json, index, marked, described.file(file))
      files++
    },
    onDone,
  )
  described.report(run, index)
  const table = new PackTable(index)
  for (const pack of table.ids) {
    if (table.isMixed(pack)) run.report('pack-mixed', 'hint', 'data', pack, 'holds trees and data')
  }
  return { index, table, marked, files }
}

function sizeOf({ inventory }: CheckRun, name: string): number {
  return Math.max(...inventory.holders('index', name).map((place) => inventory.sizeAt('index', name, place)!))
}

function readIndexFile(
  json: Uint8Array,
  index: BlobIndex,
  marked: Set<string>,
  describe: (pack: number, digest: number) => void,
): void {
  let pack = -1
  forEachIndexEntry(
    json,
    (id, isMarked) => {
      if (isMarked) marked.add(id.toHex())
      pack = isMarked ? -1 : index.packNumber(id.toHex() as PackId)
    },
    (id, isTree, offset, length, uncompressedLength) => {
      if (pack < 0) return
      index.add(pack, id, isTree, offset, length, uncompressedLength)
      describe(pack, entryDigest(id, isTree, offset, length, uncompressedLength))
    },
  )
}

/** A number for an entry, so that two descriptions of a pack are compared without keeping either. Nobody without the key can choose it. */
function entryDigest(id: Uint8Array, isTree: boolean, offset: number, length: number, uncompressedLength: number): number {
  const word = new DataView(id.buffer, id.byteOffset).getUint32(0)
  const mixed =
    word ^
    Math.imul(offset, 0x9e3779b1) ^
    Math.imul(length, 0x85ebca6b) ^
    Math.imul(uncompressedLength, 0xc2b2ae35) ^
    (isTree ? 1 : 0)
  // The sum over a pack does not depend on the order; its high part counts the entries.
  return (Math.imul(mixed, 0x27d4eb2f) >>> 0) / 0x100000000 + 1
}

/** Which index files describe which pack, and whether they say the same. */
class DescribedPacks {
  readonly #files: { file: string; digests: Map<number, number> }[] = []
  readonly #first = new Map<number, { readonly file: string; readonly digest: number }>()
  readonly #again = new Map<number, { readonly files: string[]; differs: boolean }>()

  file(file: string): (pack: number, digest: number) => void {
    const digests = new Map<number, number>()
    this.#files.push({ file, digests })
    return (pack, digest) => digests.set(pack, (digests.get(pack) ?? 0) + digest)
  }

  report(run: CheckRun, index: BlobIndex): void {
    for (const { file, digests } of this.#files) {
      for (const [pack, digest] of digests) this.#note(pack, file, digest)
    }
    for (const [pack, { files, differs }] of this.#again) {
      const list = files.map((file) => file.slice(0, 8)).join(', ')
      const id = index.packs[pack]!
      if (differs) run.report('pack-contradictory', 'error', 'data', id, `indexes describe it differently: ${list}`)
      else run.report('pack-twice', 'warning', 'data', id, `is in several indexes: ${list}`)
    }
  }

  #note(pack: number, file: string, digest: number): void {
    const first = this.#first.get(pack)
    if (first === undefined) {
      this.#first.set(pack, { file, digest })
      return
    }
    const again = this.#again.get(pack) ?? { files: [first.file], differs: false }
    again.files.push(file)
    again.differs ||= first.digest !== digest
    this.#again.set(pack, again)
  }
}
