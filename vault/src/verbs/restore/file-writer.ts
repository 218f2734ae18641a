/**
 * Restores a batch of files: compares those that are there, reads each pack that is needed once, in order, and completes each file as its
 * last piece is written.
 *
 * A file that cannot be completed never stays under its name: a new one is removed, one that was there and has been written to is put
 * aside as `name.incomplete`, one that was not touched yet stays as it was.
 */
import { closeSync, fstatSync, statfsSync } from 'node:fs'
import { StorageError, VaultError } from '#errors'
import { codeOf, type RelativePath, type Target } from '#files'
import { type BlobId, idFromBytes, SEAL_OVERHEAD_BYTES } from '#format'
import { inLanes, type Repository, type UnpackPool, type UnpackResult } from '#repository'
import type { RestoreAccount } from './account.ts'
import type { RestoreFinding } from './events.ts'
import { OpenFiles, ReplacedError } from './open-files.ts'
import { type PlacedBlob, Places, type RangeJob } from './places.ts'
import type { WantedFile } from './wanted-file.ts'

/** Through gaps of a pack that are no longer reading goes on: asking a server again costs more than reading from a disk. */
const GAP_BYTES = { local: 128 * 1024, remote: 1024 * 1024 } as const
/** Of all jobs under way; many systems allow a process 1024. */
const OPEN_FILES_MAX = 768
/** One comparison is at most so much of a file, so that large ones keep all workers busy. */
const COMPARE_BYTES = 32 * 1024 * 1024
const COMPARISONS_AT_ONCE = 8
/** What the system says when no other file can be written either. */
const DISK_IS_FULL = new Set(['ENOSPC', 'EDQUOT'])

type Outcome = NonNullable<RestoreFinding['outcome']>
const OUTCOMES = {
  untouched: 'the file that was there was not touched',
  removed: 'nothing of it was left in the target',
  aside: 'the file that was there had been written to and is put aside with the ending ".incomplete"',
  left: 'what was written of it could not be removed',
} as const satisfies Record<Outcome, string>

export interface FileWriterOptions {
  readonly sparse: boolean
  readonly verify: boolean
  readonly signal: AbortSignal
}

export class FileWriter implements Disposable {
  readonly #repository: Repository
  readonly #target: Target
  readonly #pool: UnpackPool
  readonly #account: RestoreAccount
  readonly #options: FileWriterOptions
  readonly #openFiles: OpenFiles
  /** By folder. */
  readonly #putAside = new Map<string, readonly Uint8Array[]>()
  #replaced: WantedFile[] = []

  constructor(repository: Repository, target: Target, pool: UnpackPool, account: RestoreAccount, options: FileWriterOptions) {
    this.#repository = repository
    this.#target = target
    this.#pool = pool
    this.#account = account
    this.#options = options
    this.#openFiles = new OpenFiles(target)
  }

  /** Finds out which pieces of files that are there are right. */
  async compare(files: readonly WantedFile[]): Promise<void> {
    await inLanes(files, this.#pool.lanes, (file) => this.#compareOne(file), this.#options.signal)
  }

  /**
   * Restores files. Afterwards each is complete, with its metadata, or has failed and been told.
   * @throws {StorageError} `full` when the target has no room
   */
  async restore(files: readonly WantedFile[]): Promise<void> {
    this.#checkRoom(files)
    if (this.#options.verify) this.#account.verified ??= 0
    for (let batch = files; batch.length > 0; ) {
      this.#replaced = []
      await this.#restoreBatch(batch)
      // What was to be kept of them is gone: all of it is written.
      batch = this.#replaced
      for (const file of batch) {
        file.present = undefined
        file.left = 0
      }
    }
  }

  /** Names in a folder that files were put aside under. */
  putAsideIn(folder: RelativePath): readonly Uint8Array[] {
    return this.#putAside.get(folderKey(folder)) ?? []
  }

  [Symbol.dispose](): void {
    this.#openFiles[Symbol.dispose]()
  }

  async #restoreBatch(files: readonly WantedFile[]): Promise<void> {
    const places = new Places(this.#repository.index)
    for (const file of files) {
      if (file.isRight) this.#putMetadata(file)
      else if (file.isElsewhere) await this.#restoreSlowly(file)
      else {
        places.add(file, (number) => this.#plaintextBytes(number))
        if (file.left === 0) await this.#completeAsItIs(file)
      }
    }
    const isLocal = this.#repository.storage.current.some(({ storage }) => storage.fileOf !== undefined)
    const placesMax = Math.max(16, Math.min(96, Math.floor(OPEN_FILES_MAX / this.#pool.lanes)))
    const jobs = places.jobs(isLocal ? GAP_BYTES.local : GAP_BYTES.remote, placesMax)
    await inLanes(jobs, this.#pool.lanes, (job) => this.#run(job), this.#options.signal)
  }

  async #run({ pack, blobs }: RangeJob): Promise<void> {
    const { signal, sparse } = this.#options
    const held: WantedFile[] = []
    try {
      const wanted = this.#acquireAll(blobs, held)
      if (wanted.length === 0) return
      const job = wanted.map(({ number, places }) => ({
        ...this.#repository.index.at(number),
        places: places.map(({ file, offset }) => {
          const { descriptor, isFresh } = file.open!
          return { descriptor, offset, ...(sparse && isFresh && { holesFrom: 0 }) }
        }),
      }))
      const result = await this.#pool.unpack(pack, job, { signal })
      await this.#settle(wanted, result)
    } finally {
      for (const file of held) await this.#release(file)
    }
  }

  /** Opens the files that a job writes to; those that cannot be opened have failed, and the job goes on without them. */
  #acquireAll(blobs: readonly PlacedBlob[], held: WantedFile[]): PlacedBlob[] {
    const wanted: PlacedBlob[] = []
    for (const blob of blobs) {
      const places = blob.places.filter(({ file }) => this.#tryAcquire(file, held))
      if (places.length > 0) wanted.push({ ...blob, places })
    }
    return wanted
  }

  #tryAcquire(file: WantedFile, held: WantedFile[]): boolean {
    if (file.failure !== undefined || this.#replaced.includes(file)) return false
    try {
      this.#openFiles.acquire(file)
      held.push(file)
      return true
    } catch (error) {
      if (error instanceof ReplacedError) this.#replaced.push(file)
      else this.#failBy(file, 'open', error)
      return false
    }
  }

  async #settle(wanted: readonly PlacedBlob[], { badBlobs, badWrites }: UnpackResult): Promise<void> {
    const bad = new Set(badBlobs.map(({ blob }) => blob))
    const unwritten = new Map(badWrites.map(({ place, code }) => [place, code]))
    let at = 0
    for (const [i, blob] of wanted.entries()) {
      for (const { file } of blob.places) {
        const code = unwritten.get(at++)
        if (bad.has(i)) continue
        if (code === undefined) this.#wrote(file, blob.plaintextBytes)
        else this.#failBy(file, 'write', Object.assign(new Error(`${code}: write`), { code }))
      }
      if (bad.has(i)) await this.#writeOtherCopy(blob)
    }
  }

  /** The pack's copy is damaged or missing: another pack's, or another mirror's. */
  async #writeOtherCopy({ number, places }: PlacedBlob): Promise<void> {
    const { signal } = this.#options
    const id = idFromBytes<BlobId>(this.#repository.index.at(number).id)
    try {
      const bytes = await this.#repository.loadBlob('data', id, { signal })
      for (const { file, offset } of places) this.#writeHere(file, bytes, offset)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof VaultError) || error.retryable) throw error
      for (const { file } of places) this.#fail(file, error.code, error.message)
    }
  }

  #writeHere(file: WantedFile, bytes: Uint8Array, offset: number): void {
    if (file.failure !== undefined) return
    try {
      file.open!.write(bytes, offset)
      this.#wrote(file, bytes.length)
    } catch (error) {
      this.#failBy(file, 'write', error)
    }
  }

  #wrote(file: WantedFile, bytes: number): void {
    file.isTouched = true
    file.left--
    this.#account.wrote(bytes)
  }

  /** Some of its blobs are only in packs that prune has marked: rare, and done one by one. */
  async #restoreSlowly(file: WantedFile): Promise<void> {
    const { signal } = this.#options
    if (!this.#tryAcquire(file, [])) return
    let offset = 0
    file.left = file.node.content!.length
    for (const id of file.node.content!) {
      try {
        const bytes = await this.#repository.loadBlob('data', id, { signal })
        this.#writeHere(file, bytes, offset)
        offset += bytes.length
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof VaultError) || error.retryable) throw error
        this.#fail(file, error.code, error.message)
      }
      if (file.failure !== undefined) break
    }
    await this.#release(file)
  }

  /** Empty, or too long: opening it is all that it takes. */
  async #completeAsItIs(file: WantedFile): Promise<void> {
    if (!this.#tryAcquire(file, [])) return
    await this.#release(file)
  }

  async #release(file: WantedFile): Promise<void> {
    if (!this.#openFiles.release(file)) return
    if (file.failure !== undefined) this.#giveUp(file)
    else if (file.left === 0) await this.#complete(file)
    else this.#openFiles.keep(file)
  }

  async #complete(file: WantedFile): Promise<void> {
    const { verify, signal } = this.#options
    try {
      file.open!.trim()
      if (verify) await this.#verify(file)
      // Not as if it were done: it is compared by the next run.
      signal.throwIfAborted()
      if (file.failure === undefined) file.open!.applyMetadata(file.node)
    } catch (error) {
      signal.throwIfAborted()
      this.#failBy(file, 'metadata', error)
    }
    this.#openFiles.close(file)
    if (file.failure === undefined) this.#account.file(file.shown, file.existed ? 'updated' : 'restored', file.sizeBytes)
  }

  /** Content that was right already. */
  #putMetadata(file: WantedFile): void {
    try {
      this.#target.applyMetadata(file.path, file.node)
      this.#account.file(file.shown, 'unchanged', file.sizeBytes)
    } catch (error) {
      this.#account.failBy(file.shown, 'metadata', error)
    }
  }

  #failBy(file: WantedFile, operation: string, error: unknown): void {
    const code = error instanceof VaultError ? error.code : codeOf(error)
    if (DISK_IS_FULL.has(code))
      throw new StorageError('full', `${this.#target.root}: no space is left: ${code}`, { cause: error })
    if (!(error instanceof VaultError) && !(error instanceof Error && 'code' in error)) throw error
    this.#fail(file, code, `${operation}: ${error.message}`)
  }

  #fail(file: WantedFile, code: string, message: string): void {
    if (file.failure !== undefined) return
    file.failure = { code, message }
    if (file.users === 0) this.#giveUp(file)
  }

  #giveUp(file: WantedFile): void {
    const { code, message } = file.failure!
    const outcome = this.#clearAway(file)
    this.#openFiles.close(file)
    this.#account.fail({ path: file.shown, operation: 'content', code, message: `${message}; ${OUTCOMES[outcome]}`, outcome })
  }

  /** Only ever the very file that was opened: another one that has its name by now is somebody else's. */
  #clearAway(file: WantedFile): Outcome {
    if (file.identity === undefined) return 'untouched'
    try {
      const now = this.#target.identity(file.path)
      if (now === undefined) return 'removed'
      if (now !== file.identity) return 'untouched'
      if (file.isNew) this.#target.discard(file.path)
      else if (file.isTouched) this.#putAsideOf(file)
      else file.open?.leave()
      return file.isNew ? 'removed' : file.isTouched ? 'aside' : 'untouched'
    } catch {
      return 'left'
    }
  }

  #putAsideOf({ path }: WantedFile): void {
    const key = folderKey(path.slice(0, -1))
    this.#putAside.set(key, [...(this.#putAside.get(key) ?? []), this.#target.putAside(path)])
  }

  /** Before its metadata is put, which may forbid us to read it. */
  async #verify(file: WantedFile): Promise<void> {
    const descriptor = this.#target.openForReading(file.path)
    try {
      if (descriptor === undefined || !file.open!.isSame(descriptor)) {
        const message = 'it was written, and cannot be read again to be compared'
        this.#account.warn({ path: file.shown, operation: 'verify', code: 'UNREADABLE', message })
        return
      }
      await this.#compareWith(descriptor, file)
    } finally {
      if (descriptor !== undefined) closeSync(descriptor)
    }
    if (file.isRight) this.#account.verified!++
    else this.#fail(file, 'verify', 'what was written reads back as something else')
  }

  async #compareOne(file: WantedFile): Promise<void> {
    file.present = undefined
    file.hasItsSize = false
    const descriptor = this.#target.openForReading(file.path)
    if (descriptor === undefined) return
    try {
      await this.#compareWith(descriptor, file)
    } finally {
      closeSync(descriptor)
    }
  }

  async #compareWith(descriptor: number, file: WantedFile): Promise<void> {
    const present = new Uint8Array(file.node.content!.length)
    await inLanes(this.#segmentsOf(file), COMPARISONS_AT_ONCE, async ({ first, offset, pieces }) => {
      present.set(await this.#pool.compare(descriptor, offset, pieces), first)
    })
    file.present = present
    file.hasItsSize = fstatSync(descriptor).size === file.sizeBytes
  }

  /** A file in parts, each a whole number of its pieces. */
  *#segmentsOf(file: WantedFile) {
    const content = file.node.content!
    let offset = 0
    for (let first = 0; first < content.length; ) {
      const pieces: { id: BlobId; length: number }[] = []
      let bytes = 0
      for (let i = first; i < content.length && (pieces.length === 0 || bytes < COMPARE_BYTES); i++) {
        const length = file.isElsewhere ? this.#bytesElsewhere(content[i]!) : this.#plaintextBytes(file.blobs[i]!)
        pieces.push({ id: content[i]!, length })
        bytes += length
      }
      yield { first, offset, pieces }
      first += pieces.length
      offset += bytes
    }
  }

  #bytesElsewhere(id: BlobId): number {
    const { index, marked } = this.#repository
    const { length, uncompressedLength } = (index.find('data', id) ?? marked.find('data', id))!
    return uncompressedLength || length - SEAL_OVERHEAD_BYTES
  }

  #plaintextBytes(number: number): number {
    const { length, uncompressedLength } = this.#repository.index.at(number)
    return uncompressedLength || length - SEAL_OVERHEAD_BYTES
  }

  /** Before a batch is begun, so that a snapshot that claims to be huge does not fill the disk first. */
  #checkRoom(files: readonly WantedFile[]): void {
    if (this.#options.sparse) return
    const { blocks, bavail, bsize } = statfsSync(this.#target.root)
    const needed = files.reduce((sum, { existed, sizeBytes }) => sum + (existed ? 0 : sizeBytes), 0)
    // Some network file systems do not tell.
    if (blocks === 0 || needed <= bavail * bsize) return
    throw new StorageError('full', `${this.#target.root}: ${needed} bytes are to be written, there is room for ${bavail * bsize}`)
  }
}

function folderKey(folder: RelativePath): string {
  return folder.map((name) => Buffer.from(name).toString('latin1')).join('/')
}
