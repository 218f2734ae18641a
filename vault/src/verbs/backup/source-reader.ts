/** Files of a source into the pipeline: small ones in batches, large ones as streams. What cannot be read comes back as a finding. */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { VaultError } from '#errors'
import type { WalkEntry } from '#files'
import { type ExpectedChunk, type Pipeline, SMALL_FILE_BYTES_MAX, type SmallFile, type SmallFileResult } from '#repository'

const BATCH_FILES_MAX = 128
const BATCH_BYTES_MAX = 4 * 1024 * 1024
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** `changed`: what was stored is not, as a whole, what was there at one moment. */
export type ReadOutcome =
  | {
      readonly kind: 'read'
      readonly content: readonly string[]
      readonly size: number
      readonly changed: boolean
      /** Of the content, what was new to the repository; and what that takes there. */
      readonly addedBytes: number
      readonly storedBytes: number
    }
  | { readonly kind: 'failed'; readonly operation: string; readonly code: string; readonly message: string }

type OnOutcome = (outcome: ReadOutcome) => void

interface Batched {
  readonly entry: WalkEntry
  readonly onOutcome: OnOutcome
}

export class SourceReader {
  readonly #pipeline: Pipeline
  readonly #onBytes: (bytes: number) => void
  #batch: Batched[] = []
  #batchBytes = 0
  readonly #underWay = new Set<Promise<void>>()
  /** Settles when the last large file is read. The walk goes on meanwhile, up to the next one. */
  #largeFile: Promise<void> = Promise.resolve()
  #failure: { error: unknown } | undefined

  /** @param onBytes told of what was read of large files as it is read; the file's whole size comes with its outcome */
  constructor(pipeline: Pipeline, onBytes: (bytes: number) => void) {
    this.#pipeline = pipeline
    this.#onBytes = onBytes
  }

  /**
   * Reads a file, now or with others soon; `onOutcome` is called once, soon. Waits while there is too much to do: for the large file
   * before, when this one is large too.
   *
   * @param earlier what an earlier backup found in it; asked for when the file is large
   */
  async read(entry: WalkEntry, onOutcome: OnOutcome, earlier: () => readonly ExpectedChunk[] = () => []): Promise<void> {
    this.#throwFailure()
    if (entry.node.size > SMALL_FILE_BYTES_MAX) {
      await this.#largeFile
      this.#throwFailure()
      const reading = this.#readLarge(entry, earlier())
      this.#largeFile = reading.then(
        () => undefined,
        () => undefined,
      )
      this.#track(reading.then(({ outcome }) => outcome).then(onOutcome))
      return
    }
    this.#batch.push({ entry, onOutcome })
    this.#batchBytes += entry.node.size
    if (this.#batch.length >= BATCH_FILES_MAX || this.#batchBytes >= BATCH_BYTES_MAX) await this.#sendBatch()
  }

  /** Reads what is left; afterwards every `onOutcome` has been called. */
  async finish(): Promise<void> {
    await this.#sendBatch()
    await Promise.all(this.#underWay)
    this.#throwFailure()
    // Files that outgrew one chunk in a batch have been read meanwhile, as streams.
  }

  async #sendBatch(): Promise<void> {
    const batch = this.#batch
    if (batch.length === 0) return
    this.#batch = []
    this.#batchBytes = 0
    const files = batch.map(({ entry }): SmallFile => ({ path: entry.path, size: entry.node.size, mtimeNs: entry.stat.mtimeNs }))
    const { results } = await this.#pipeline.storeSmallFiles(files)
    this.#track(this.#takeResults(batch, results))
  }

  async #takeResults(batch: readonly Batched[], results: Promise<SmallFileResult[]>): Promise<void> {
    for (const [i, result] of (await results).entries()) {
      const { entry, onOutcome } = batch[i]!
      if (result.kind === 'failed') onOutcome({ ...result, operation: 'read' })
      else if (result.kind === 'grown') onOutcome(await (await this.#readLarge(entry)).outcome)
      else onOutcome(outcomeOf(result))
    }
  }

  /** Reads a file as a stream. Resolves when it is read and closed; its outcome follows, when workers are through with its last chunks. */
  async #readLarge(
    { path, node, stat }: WalkEntry,
    earlier: readonly ExpectedChunk[] = [],
  ): Promise<{ readonly outcome: Promise<ReadOutcome> }> {
    let operation = 'open'
    let reported = 0
    const settled = (outcome: ReadOutcome) => {
      // The outcome counts the file as a whole.
      this.#onBytes(-reported)
      return outcome
    }
    const failed = (code: string, message: string) => ({
      outcome: Promise.resolve(settled({ kind: 'failed', operation, code, message })),
    })
    try {
      await using file = await open(path as Buffer, OPEN_FLAGS)
      operation = 'read'
      if (!(await file.stat()).isFile()) return failed('EINVAL', 'is no regular file any more')
      const { sizeBytes: size, stored } = await this.#pipeline.storeStream(async (view) => {
        const { bytesRead } = await file.read(view, 0, view.length, null)
        reported += bytesRead
        this.#onBytes(bytesRead)
        return bytesRead
      }, earlier)
      const after = await file.stat({ bigint: true })
      const changed = size !== node.size || after.mtimeNs !== stat.mtimeNs
      const outcome = stored.then(({ content, addedBytes, storedBytes }) =>
        settled({ kind: 'read', content, size, changed, addedBytes, storedBytes }),
      )
      // The file is closed before anybody can hear of it; a failure meanwhile is the pipeline's.
      outcome.catch(() => undefined)
      return { outcome }
    } catch (error) {
      if (error instanceof VaultError || !(error instanceof Error && 'code' in error)) throw error
      return failed(String(error.code), error.message)
    }
  }

  #track(work: Promise<void>): void {
    const task = work
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => this.#underWay.delete(task))
    this.#underWay.add(task)
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}

function outcomeOf({ size, changed, chunk }: SmallFileResult & { kind: 'read' }): ReadOutcome {
  const storedBytes = chunk?.storedBytes ?? 0
  return {
    kind: 'read',
    content: chunk === undefined ? [] : [chunk.id],
    size,
    changed,
    addedBytes: storedBytes > 0 ? size : 0,
    storedBytes,
  }
}
