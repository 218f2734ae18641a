/** What a backup counts and tells while it runs: files, folders, bytes, and what could not be read. */
import { pathText } from '#files'
import { paced } from '../event-stream.ts'
import type { BackupEvent, SourceFinding } from './events.ts'

export type Change = 'new' | 'changed' | 'unmodified'

/** An entry's content: how long it is, what of it was new to the repository, and what that takes there. */
export interface Counted {
  readonly sizeBytes: number
  readonly addedBytes: number
  readonly storedBytes: number
}

export interface AccountOptions {
  readonly reportItems: boolean
  /** What the parent snapshot had: a guess of what will come. */
  readonly expected: { readonly total_files_processed: number; readonly total_bytes_processed: number } | undefined
}

export class BackupAccount {
  readonly unreadable: SourceFinding[] = []
  readonly counts = { files_new: 0, files_changed: 0, files_unmodified: 0, dirs_new: 0, dirs_changed: 0, dirs_unmodified: 0 }
  filesDone = 0
  bytesDone = 0
  readonly #emit: (event: BackupEvent) => void
  readonly #options: AccountOptions
  readonly #started = performance.now()
  readonly #tick = paced(() => this.reportProgress())

  constructor(emit: (event: BackupEvent) => void, options: AccountOptions) {
    this.#emit = emit
    this.#options = options
  }

  get elapsedMs(): number {
    return performance.now() - this.#started
  }

  /** @param path in the snapshot; asked for only when entries are reported */
  fileDone(path: () => string, change: Change, counted: Counted): void {
    this.counts[`files_${change}`]++
    this.filesDone++
    this.#item('file', path, change, counted)
    this.advance(counted.sizeBytes)
  }

  folderDone(path: () => string, change: Change, counted: Counted): void {
    this.counts[`dirs_${change}`]++
    this.#item('dir', path, change, counted)
  }

  /** So many more bytes are read. */
  advance(bytes: number): void {
    this.bytesDone += bytes
    this.#tick()
  }

  noteFinding(path: Uint8Array, { operation, code, message }: { operation: string; code: string; message: string }): void {
    const finding = { path: pathText(path), operation, code, message }
    this.unreadable.push(finding)
    this.#emit({ kind: 'finding', finding })
  }

  reportProgress(): void {
    const { expected } = this.#options
    this.#emit({
      kind: 'progress',
      progress: {
        filesDone: this.filesDone,
        bytesDone: this.bytesDone,
        ...(expected !== undefined && {
          filesExpected: expected.total_files_processed,
          bytesExpected: expected.total_bytes_processed,
        }),
        findings: this.unreadable.length,
        elapsedMs: this.elapsedMs,
      },
    })
  }

  #item(type: 'file' | 'dir', path: () => string, change: Change, counted: Counted): void {
    if (this.#options.reportItems) this.#emit({ kind: 'item', type, path: path(), change, ...pick(counted) })
  }
}

function pick({ sizeBytes, addedBytes, storedBytes }: Counted): Counted {
  return { sizeBytes, addedBytes, storedBytes }
}
