/** The index as a whole: loaded from every index file that some mirror has right, and compared with itself. */
import { VaultError } from '#errors'
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
  /** What these hold. */
  readonly markedBlobs: BlobIndex
  readonly files: number
}

export async function checkIndex(run: CheckRun, onDone: () => void): Promise<CheckedIndex> {
  const { inventory } = run
  const bytes = inventory.names('index').reduce((sum, name) => sum + sizeOf(run, name), 0)
  const index = new BlobIndex(Math.min(Math.ceil(bytes / BYTES_PER_BLOB), 1 << 24))
  const marked = new Set<string>()
  const markedBlobs = new BlobIndex()
  const described = new DescribedPacks()
  let files = 0
  await checkUnpacked(
    run,
    'index',
    (file, json) => {
      readIndexFile(json, { index, marked, markedBlobs }, described.file(file))
      files++
    },
    onDone,
  )
  await described.report(run, index)
  const table = new PackTable(index)
  for (const pack of table.ids) {
    if (table.isMixed(pack)) run.report('pack-mixed', 'hint', 'data', pack, 'holds trees and data')
  }
  return { index, table, marked, markedBlobs, files }
}

function sizeOf({ inventory }: CheckRun, name: string): number {
  return Math.max(...inventory.holders('index', name).map((place) => inventory.sizeAt('index', name, place)!))
}

function readIndexFile(
  json: Uint8Array,
  { index, marked, markedBlobs }: Pick<CheckedIndex, 'index' | 'markedBlobs'> & { readonly marked: Set<string> },
  describe: (pack: number, digest: number) => void,
): void {
  let pack = -1
  let isMarked = false
  forEachIndexEntry(
    json,
    (id, isMark) => {
      isMarked = isMark
      if (isMark) marked.add(id.toHex())
      pack = (isMark ? markedBlobs : index).packNumber(id.toHex() as PackId)
    },
    (id, isTree, offset, length, uncompressedLength) => {
      if (isMarked) return markedBlobs.add(pack, id, isTree, offset, length, uncompressedLength)
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

  async report(run: CheckRun, index: BlobIndex): Promise<void> {
    for (const { file, digests } of this.#files) {
      for (const [pack, digest] of digests) this.#note(pack, file, digest)
    }
    const contradictory = await this.#findContradictory(run, index)
    for (const [pack, { files }] of this.#again) {
      const list = files.map((file) => file.slice(0, 8)).join(', ')
      const id = index.packs[pack]!
      if (contradictory.has(id)) run.report('pack-contradictory', 'error', 'data', id, `indexes describe it differently: ${list}`)
      else run.report('pack-twice', 'warning', 'data', id, `is in several indexes: ${list}`)
    }
  }

  /**
   * Old versions of restic spread a pack over several index files, each with some of its blobs: they say different things and contradict
   * each other in none. These few files are read again, since nothing else tells one from the other.
   */
  async #findContradictory(run: CheckRun, index: BlobIndex): Promise<ReadonlySet<PackId>> {
    const packs = new Map<string, DescribedBlob[]>()
    const files = new Set<string>()
    for (const [pack, again] of this.#again) {
      if (!again.differs) continue
      packs.set(index.packs[pack]!, [])
      for (const file of again.files) files.add(file)
    }
    for (const file of files) await readBlobsOf(run, file, packs)
    return new Set([...packs].flatMap(([pack, blobs]) => (contradictEachOther(blobs) ? [pack as PackId] : [])))
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

/** A blob as an index file describes it; equal descriptions have equal texts. */
interface DescribedBlob {
  readonly blob: string
  readonly offset: number
  readonly end: number
  readonly text: string
}

/** Adds what an index file says of some packs. One that was removed meanwhile says nothing. */
async function readBlobsOf(
  { repository, signal }: CheckRun,
  file: string,
  packs: ReadonlyMap<string, DescribedBlob[]>,
): Promise<void> {
  try {
    const json = await repository.objects.loadUnpacked('index', file, { signal })
    let blobs: DescribedBlob[] | undefined
    forEachIndexEntry(
      json,
      (pack, isMarked) => {
        blobs = isMarked ? undefined : packs.get(pack.toHex())
      },
      (id, isTree, offset, length, uncompressedLength) => {
        if (blobs === undefined) return
        const blob = `${isTree ? 'tree' : 'data'}/${id.toHex()}`
        blobs.push({ blob, offset, end: offset + length, text: `${blob} ${offset} ${length} ${uncompressedLength}` })
      },
    )
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof VaultError)) throw error
  }
}

/** Whether one blob is in two places, or two blobs share bytes. */
function contradictEachOther(described: readonly DescribedBlob[]): boolean {
  const blobs = [...new Map(described.map((each) => [each.text, each])).values()].sort((a, b) => a.offset - b.offset)
  if (new Set(blobs.map(({ blob }) => blob)).size < blobs.length) return true
  return blobs.some(({ end }, at) => end > (blobs[at + 1]?.offset ?? end))
}
