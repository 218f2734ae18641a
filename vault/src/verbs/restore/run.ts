/**
 * One restore: walks the snapshot, makes folders, links and devices as it meets them, and gathers files into batches that are restored in
 * the order of packs. What must come after a batch (second names of files, metadata of folders) follows it in the order of the walk.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  decideOverwrite,
  type OverwriteDecision,
  pathParts,
  pathText,
  type RelativePath,
  type SelectionOfEntry,
  type Selector,
  type Target,
} from '#files'
import type { BlobId, TreeNode } from '#format'
import type { Repository, UnpackPool } from '#repository'
import { findContent, SIZE_DIFFERS, sizeDiffers } from '../find-content.ts'
import { type TreeEntry, type WalkedFolder, walkTree } from '../tree-walk.ts'
import type { RestoreAccount } from './account.ts'
import { FileWriter } from './file-writer.ts'
import type { RestoreOptions } from './options.ts'
import { WantedFile } from './wanted-file.ts'

/** A batch ends at so many files or blobs: memory is bounded whatever the snapshot. The first ones are small, so that work begins early. */
const BATCH_FILES = { first: 1000, most: 2000 } as const
const BATCH_BLOBS = { first: 4000, most: 32_000 } as const

const STEPS_AT_ONCE = 32
/** Folders and second names that wait for their batch. */
const AFTER_MAX = 50_000

export interface RestoreParts {
  readonly repository: Repository
  readonly pool: UnpackPool
  readonly account: RestoreAccount
  /** Absent in a dry run into a folder that does not exist. */
  readonly target: Target | undefined
  readonly select: Selector
  /** No pattern leaves anything out. */
  readonly isWholeSnapshot: boolean
}

/** A folder that the walk is in. */
interface Folder {
  readonly path: RelativePath
  readonly entry: TreeEntry | undefined
  readonly isSelected: boolean
  /** Something in it is restored, so that it must be there. */
  isNeeded: boolean
  /** Nothing was there before: nothing needs to be looked for in it. */
  isFresh: boolean
  isMade: boolean
  /** It could not be made: what it holds is passed over. */
  isBroken: boolean
}

/** The first name of a file that has several. */
interface FirstName {
  readonly path: RelativePath
  readonly content: readonly BlobId[]
  readonly file: WantedFile
}

const ALL: SelectionOfEntry = { isSelected: true, mayHoldSelected: true }

export class RestoreRun implements Disposable {
  readonly #parts: RestoreParts
  readonly #options: RestoreOptions
  readonly #signal: AbortSignal
  readonly #writer: FileWriter | undefined
  readonly #folders: Folder[] = []
  readonly #firstNames = new Map<string, FirstName>()
  #files: WantedFile[] = []
  #blobs = 0
  #after: (() => void)[] = []
  #batches = 0
  #underWay: Promise<void> = Promise.resolve()

  constructor(parts: RestoreParts, options: RestoreOptions, signal: AbortSignal) {
    this.#parts = parts
    this.#options = options
    this.#signal = signal
    const { repository, target, pool, account } = parts
    const { sparse = false, verify = false } = options
    if (target !== undefined) this.#writer = new FileWriter(repository, target, pool, account, { sparse, verify, signal })
  }

  async carryOut(tree: BlobId): Promise<void> {
    const { account } = this.#parts
    const root = { path: [], entry: undefined, isSelected: true, isNeeded: false, isFresh: this.#parts.target === undefined }
    this.#folders.push({ ...root, isMade: true, isBroken: false })
    try {
      await this.#plan(tree)
      account.isPlanned = true
      await this.#startBatch()
    } finally {
      await Promise.allSettled([this.#underWay])
    }
    await this.#underWay
    account.progress()
  }

  /** Walks while the batch before is being restored. */
  async #plan(tree: BlobId): Promise<void> {
    const { repository, account } = this.#parts
    const descends = (entry: TreeEntry) => this.#select(entry).mayHoldSelected
    let steps = 0
    for await (const step of walkTree(repository, tree, { signal: this.#signal, descends })) {
      if (step.kind === 'finding') account.fail(step.finding)
      else if (step.kind === 'enter') this.#enter(step.entry)
      else if (step.kind === 'leave') this.#leave(step.folder)
      else this.#attempt(step.entry)
      if (this.#isBatchFull()) await this.#startBatch()
      // A walk over trees that are in memory never lets go by itself, and the workers wait for their next jobs.
      else if (++steps % STEPS_AT_ONCE === 0) await nextTurn()
    }
  }

  [Symbol.dispose](): void {
    this.#writer?.[Symbol.dispose]()
  }

  get #isDryRun(): boolean {
    return this.#options.dryRun === true
  }

  #select(entry: TreeEntry): SelectionOfEntry {
    if (this.#parts.isWholeSnapshot) return ALL
    return this.#parts.select(pathParts(pathText(entry.path)), entry.node.type === 'dir')
  }

  #enter(entry: TreeEntry): void {
    const parent = this.#folders.at(-1)!
    const { isSelected } = this.#select(entry)
    const path = [...parent.path, entry.node.name]
    const folder = { path, entry, isSelected, isNeeded: false, isFresh: false, isMade: false, isBroken: parent.isBroken }
    this.#folders.push(folder)
    if (isSelected && !folder.isBroken) this.#needFolder()
  }

  /** The folder that the walk is in must be there, and those above it. */
  #needFolder(): boolean {
    const folder = this.#folders.at(-1)!
    if (folder.isNeeded || folder.isBroken) return !folder.isBroken
    for (const [depth, each] of this.#folders.entries()) {
      each.isNeeded = true
      if (!each.isMade) this.#makeFolder(each, this.#folders[depth - 1]!)
    }
    return !folder.isBroken
  }

  #makeFolder(folder: Folder, parent: Folder): void {
    const { target, account } = this.#parts
    folder.isMade = true
    account.entriesKnown++
    try {
      folder.isBroken = parent.isBroken
      folder.isFresh = parent.isFresh || target?.stat(folder.path)?.isDirectory() !== true
      if (!folder.isBroken && !this.#isDryRun) target!.ensureDirectory(folder.path)
    } catch (error) {
      folder.isBroken = true
      account.failBy(folder.entry!.path, 'mkdir', error)
    }
  }

  #leave(walked: WalkedFolder): void {
    const folder = this.#folders.pop()!
    if (!folder.isNeeded || folder.isBroken) return
    const expected = this.#options.delete && walked.isWhole ? [...walked.names()] : undefined
    this.#after.push(() => {
      if (expected !== undefined) this.#deleteUnexpected(folder, expected)
      if (folder.entry !== undefined) this.#finishFolder(folder.path, folder.entry, folder.isFresh)
    })
  }

  #finishFolder(path: RelativePath, { path: shown, node }: TreeEntry, isFresh: boolean): void {
    const { target, account } = this.#parts
    try {
      if (!this.#isDryRun) target!.applyMetadata(path, node)
      account.folder(shown, isFresh ? 'restored' : 'unchanged')
    } catch (error) {
      account.failBy(shown, 'metadata', error)
    }
  }

  #deleteUnexpected(folder: Folder, expected: readonly Uint8Array[]): void {
    const { target, account, select, isWholeSnapshot } = this.#parts
    if (target === undefined || (this.#isDryRun && folder.isFresh)) return
    const above = folder.entry?.path ?? new Uint8Array(0)
    try {
      for (const found of target.unexpected(folder.path, [...expected, ...this.#writer!.putAsideIn(folder.path)])) {
        const path = Buffer.concat([above, Buffer.from('/'), Buffer.from(found.place.at(-1)!, 'latin1')])
        if (!isWholeSnapshot && !select(pathParts(pathText(path)), false).isSelected) continue
        account.deleted(path, this.#isDryRun ? 1 : target.remove(found))
      }
    } catch (error) {
      account.failBy(above, 'delete', error)
    }
  }

  /** Anything but a folder that is gone into. */
  #attempt(entry: TreeEntry): void {
    const { account } = this.#parts
    const { node } = entry
    if (this.#folders.at(-1)!.isBroken || !this.#select(entry).isSelected) return
    if (node.type === 'socket') {
      account.warn({ path: entry.path, operation: 'type', code: 'TYPE', message: 'a socket cannot be restored' })
      return
    }
    try {
      if (node.type === 'dir') this.#wantEmptyFolder(entry)
      else if (this.#needFolder()) this.#want(entry)
    } catch (error) {
      account.failBy(entry.path, 'create', error)
    }
  }

  /** A folder that is selected and whose content is not. */
  #wantEmptyFolder(entry: TreeEntry): void {
    this.#enter(entry)
    this.#leave({ names: () => [], isWhole: false })
  }

  #want(entry: TreeEntry): void {
    const { target, account } = this.#parts
    const { node } = entry
    const folder = this.#folders.at(-1)!
    const path = [...folder.path, node.name]
    const existing = folder.isFresh ? undefined : target?.stat(path)
    const decision = decideOverwrite(node, existing, this.#options.overwrite ?? 'always')
    account.entriesKnown++
    if (node.type === 'file') {
      // Other names of a file may be outside the target, where nothing changes: unless all is as it should be already, it is replaced.
      const isShared = decision !== 'create' && decision !== 'keep' && existing !== undefined && existing.nlink > 1n
      const isAsItShould = isShared && node.links > 1 && target?.hasMetadata(path, node) === true
      this.#wantFile(entry, path, isShared && !isAsItShould ? 'create' : decision)
    } else if (decision === 'keep') {
      account.other(entry.path, 'skipped')
    } else {
      if (!this.#isDryRun) this.#makeOther(path, node)
      account.other(entry.path, existing === undefined ? 'restored' : 'updated')
    }
  }

  #makeOther(path: RelativePath, node: TreeNode): void {
    const target = this.#parts.target!
    if (node.type === 'symlink') target.symlink(path, node.linktarget ?? new Uint8Array(0))
    else if (node.type === 'fifo') target.fifo(path)
    else if (node.type === 'dev' || node.type === 'chardev') target.device(path, node.type, node.device)
    target.applyMetadata(path, node)
  }

  #wantFile({ path: shown, node }: TreeEntry, path: RelativePath, decision: OverwriteDecision): void {
    const { repository, account } = this.#parts
    if (decision === 'keep') {
      account.bytesKnown += node.size
      account.file(shown, 'skipped', node.size)
      return
    }
    const first = this.#firstNameOf(node)
    if (first !== undefined) {
      this.#after.push(() => this.#link(first, path, shown, decision))
      return
    }
    const content = findContent(repository, node)
    if (content.kind === 'damaged') {
      account.fail({ path: shown, operation: 'content', code: content.code, message: content.message })
      return
    }
    const { sizeBytes } = content
    if (sizeBytes !== node.size)
      account.warn({ path: shown, operation: 'content', code: SIZE_DIFFERS, message: sizeDiffers(node, sizeBytes) })
    account.bytesKnown += sizeBytes
    const isElsewhere = content.kind === 'elsewhere'
    const blobs = isElsewhere ? new Uint32Array(0) : content.blobs
    const file = new WantedFile({ path, shown, node, blobs, sizeBytes, isElsewhere, existed: decision !== 'create' })
    if (node.links > 1 && node.inode !== 0n) this.#firstNames.set(linkKey(node), { path, content: node.content!, file })
    if (decision === 'unchanged') {
      this.#after.push(() => this.#finishUnchanged(file))
      return
    }
    this.#files.push(file)
    this.#blobs += blobs.length
  }

  /** Another name of the same file that came before: the same inode, and (what a stranger wrote may differ) the same content. */
  #firstNameOf(node: TreeNode): FirstName | undefined {
    if (node.links <= 1 || node.inode === 0n) return undefined
    const first = this.#firstNames.get(linkKey(node))
    const { content } = node
    if (first === undefined || content === null || first.content.length !== content.length) return undefined
    return first.content.every((id, i) => id === content[i]) ? first : undefined
  }

  #link({ file, path: first }: FirstName, path: RelativePath, shown: Uint8Array, decision: OverwriteDecision): void {
    const { target, account } = this.#parts
    if (file.failure !== undefined) {
      const { code, message } = file.failure
      account.fail({ path: shown, operation: 'link', code, message: `another name of a file that failed: ${message}` })
      return
    }
    try {
      if (!this.#isDryRun) target!.hardlink(path, first)
      account.file(shown, decision === 'create' ? 'restored' : 'updated', 0)
    } catch (error) {
      account.failBy(shown, 'link', error)
    }
  }

  #finishUnchanged({ path, shown, node, sizeBytes }: WantedFile): void {
    const { target, account } = this.#parts
    try {
      if (!this.#isDryRun) target!.applyMetadata(path, node)
      account.file(shown, 'unchanged', sizeBytes)
    } catch (error) {
      account.failBy(shown, 'metadata', error)
    }
  }

  #isBatchFull(): boolean {
    if (this.#after.length >= AFTER_MAX) return true
    const growth = 4 ** this.#batches
    const files = Math.min(BATCH_FILES.most, BATCH_FILES.first * growth)
    return this.#files.length >= files || this.#blobs >= Math.min(BATCH_BLOBS.most, BATCH_BLOBS.first * growth)
  }

  /** Waits for the batch before, then lets this one go. */
  async #startBatch(): Promise<void> {
    const files = this.#files
    const after = this.#after
    this.#files = []
    this.#after = []
    this.#blobs = 0
    this.#batches++
    await this.#underWay
    this.#underWay = this.#restoreBatch(files, after)
    // Told when the next one, or the end, waits for it.
    this.#underWay.catch(() => undefined)
  }

  async #restoreBatch(files: readonly WantedFile[], after: readonly (() => void)[]): Promise<void> {
    await this.#writer?.compare(files.filter(({ existed }) => existed))
    if (this.#isDryRun) this.#tellOnly(files)
    else await this.#writer!.restore(files)
    for (const finish of after) finish()
  }

  #tellOnly(files: readonly WantedFile[]): void {
    for (const file of files) {
      const action = file.isRight ? 'unchanged' : file.existed ? 'updated' : 'restored'
      this.#parts.account.file(file.shown, action, file.sizeBytes)
    }
  }
}

function linkKey({ inode, deviceId }: TreeNode): string {
  return `${inode}/${deviceId}`
}
