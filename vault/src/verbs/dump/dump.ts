/** dump: one file of a snapshot as a stream of its bytes, a folder as a stream of an archive. */
import { ObjectDamagedError, UsageError } from '#errors'
import type { Finding } from '#files'
import { printName } from '#format'
import type { Repository, SnapshotFilter } from '#repository'
import { findContent, SIZE_DIFFERS, sizeDiffers } from '../find-content.ts'
import { findSnapshot, folderTree, type ReadingOptions, type SnapshotName, startReading } from '../reading.ts'
import { findEntry, type TreeEntry, walkTree } from '../tree-walk.ts'
import { fileContent } from './file-content.ts'
import { isArchived, TAR_END, tarHeader, tarPadding } from './tar.ts'
import { ZipWriter } from './zip.ts'

export const ARCHIVES = ['tar', 'zip'] as const
export type Archive = (typeof ARCHIVES)[number]

export interface DumpOptions extends ReadingOptions {
  /** What a folder becomes; `tar` when absent. */
  readonly archive?: Archive
  readonly filter?: SnapshotFilter
  /** What an archive cannot hold, and is left out: devices, fifos, sockets, names that lead elsewhere. A file whose size is not what the snapshot says. And the folder that ended it. */
  readonly onFinding?: (finding: Finding) => void
}

/**
 * A file's bytes, or a folder's archive. Paths in the archive begin at the snapshot's root, as restic's.
 *
 * It throws where it cannot go on: everything that came before is right, and an archive has no end, so that nobody takes it for whole.
 * @throws {UsageError} when the path is not in the snapshot, or is neither file nor folder
 * @throws {ObjectDamagedError | ObjectMissingError | BlobMissingError} when something of it cannot be read
 */
export async function* dump(
  repository: Repository,
  snapshot: SnapshotName,
  path: string | Uint8Array,
  options: DumpOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  await using reading = await startReading(repository, options, (signal) =>
    findSnapshot(repository, snapshot, options.filter, signal),
  )
  const { facts, signal } = reading
  const root = await folderTree(repository, facts, signal)
  const entry = await findEntry(repository, root, path, { signal })
  if (entry?.node.type === 'file')
    return yield* fileContent(repository, asStored(repository, entry, options.onFinding), { signal })
  if (entry !== undefined && entry.node.type !== 'dir') {
    throw new UsageError(`${printName(entry.path)} is a ${entry.node.type}: only files and folders can be dumped`)
  }
  const entries = archivedEntries(repository, entry?.node.subtree ?? root, entry, { ...options, signal })
  yield* options.archive === 'zip' ? zip(repository, entries, signal) : tar(repository, entries, signal)
}

async function* archivedEntries(
  repository: Repository,
  tree: Parameters<typeof walkTree>[1],
  top: TreeEntry | undefined,
  { signal, onFinding }: DumpOptions,
): AsyncGenerator<TreeEntry, void, undefined> {
  const path = top?.path ?? Uint8Array.of(0x2f)
  for await (const step of walkTree(repository, tree, { path, signal })) {
    if (step.kind === 'finding') {
      const { finding } = step
      onFinding?.(finding)
      if (finding.code !== 'NAME') throw new ObjectDamagedError('blob', tree, `below this tree: ${finding.message}`)
    } else if (step.kind !== 'leave') {
      const { entry } = step
      if (isArchived(entry.node)) yield asStored(repository, entry, onFinding)
      else onFinding?.({ path: entry.path, operation: 'dump', code: 'TYPE', message: `a ${entry.node.type} is not archived` })
    }
  }
}

/** As long as its parts are, which a snapshot of an old restic may say wrongly; the archive would not be one otherwise. */
function asStored(repository: Repository, entry: TreeEntry, onFinding: DumpOptions['onFinding']): TreeEntry {
  const { node, path } = entry
  const content = node.type === 'file' ? findContent(repository, node) : undefined
  // What is missing is told where it is read.
  if (content === undefined || content.kind === 'damaged' || content.sizeBytes === node.size) return entry
  onFinding?.({ path, operation: 'dump', code: SIZE_DIFFERS, message: sizeDiffers(node, content.sizeBytes) })
  return { ...entry, node: { ...node, size: content.sizeBytes } }
}

async function* tar(repository: Repository, entries: AsyncIterable<TreeEntry>, signal: AbortSignal) {
  for await (const entry of entries) {
    yield tarHeader(entry.path.subarray(1), entry.node)
    if (entry.node.type !== 'file') continue
    yield* fileContent(repository, entry, { signal })
    yield tarPadding(entry.node.size)
  }
  yield TAR_END
}

async function* zip(repository: Repository, entries: AsyncIterable<TreeEntry>, signal: AbortSignal) {
  const writer = new ZipWriter()
  for await (const entry of entries) {
    const { node, path } = entry
    const content =
      node.type === 'file'
        ? fileContent(repository, entry, { signal })
        : node.type === 'symlink'
          ? [node.linktarget ?? EMPTY]
          : []
    yield* writer.add(path.subarray(1), node, content)
  }
  yield* writer.end()
}

const EMPTY = new Uint8Array(0)
