/** The files that are open for writing: no more than a limit at a time, the one idle for longest is closed first. */
import type { Target, TargetFile } from '#files'
import type { WantedFile } from './wanted-file.ts'

/** Beside those that jobs hold. */
const IDLE_MAX = 64

/** A file was there whose content was to be kept, and could not be written in place: all of it must be written now. */
export class ReplacedError extends Error {
  override readonly name = 'ReplacedError'
}

export class OpenFiles implements Disposable {
  readonly #target: Target
  /** In the order in which they became idle. */
  readonly #idle = new Set<WantedFile>()
  readonly #open = new Set<WantedFile>()

  constructor(target: Target) {
    this.#target = target
  }

  /**
   * Opens a file for a job; each call wants its {@link release}.
   * @throws {ReplacedError} and whatever opening throws
   */
  acquire(file: WantedFile): TargetFile {
    file.open ??= this.#openFile(file)
    file.users++
    this.#idle.delete(file)
    return file.open
  }

  /** A job is done with a file. @returns whether no other one writes to it: it is then closed, or kept for the next one by {@link keep} */
  release(file: WantedFile): boolean {
    file.users--
    return file.users === 0 && file.open !== undefined
  }

  /** Keeps a file open that nobody writes to now. */
  keep(file: WantedFile): void {
    this.#idle.add(file)
    if (this.#idle.size <= IDLE_MAX) return
    const [oldest] = this.#idle
    this.close(oldest!)
  }

  close(file: WantedFile): void {
    file.open?.close()
    file.open = undefined
    this.#idle.delete(file)
    this.#open.delete(file)
  }

  [Symbol.dispose](): void {
    for (const file of this.#open) this.close(file)
  }

  #openFile(file: WantedFile): TargetFile {
    const { path, sizeBytes, identity } = file
    const opened =
      identity === undefined
        ? this.#target.openFile(path, { sizeBytes, keep: file.existed })
        : this.#target.openAgain(path, { sizeBytes, identity })
    this.#open.add(file)
    file.open = opened
    file.identity = opened.identity
    file.isNew ??= opened.isFresh
    if (!(file.existed && opened.isFresh && file.present?.includes(1) === true)) return opened
    this.close(file)
    throw new ReplacedError()
  }
}
