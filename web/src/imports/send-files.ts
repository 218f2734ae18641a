/** Brings many files to a source, two at once; what is there already is not sent again, whoever sent it and when. */
import { appendImportFile, beginImportFiles, IMPORT_FILES_AT_ONCE } from '@couronne/practice/contract'
import { addressOf, call, sendBytes } from '#api'
import type { ChosenFile } from './chosen-files.ts'

const AT_ONCE = 2

export interface SentSoFar {
  readonly files: number
  readonly filesTotal: number
  readonly bytes: number
  readonly bytesTotal: number
}

/** A file that could not be sent; the others were. */
export interface NotSent {
  readonly path: string
  readonly problem: unknown
}

/**
 * @throws {Problem} when the server takes no more of them
 * @throws the signal's reason when stopped: called again with the same files, it goes on from there
 * @returns what the computer could not read
 */
export async function sendFiles(
  sourceId: string,
  chosen: readonly ChosenFile[],
  { onProgress, signal }: { readonly onProgress: (sent: SentSoFar) => void; readonly signal: AbortSignal },
): Promise<NotSent[]> {
  const counted = new Progress(chosen, onProgress)
  const notSent: NotSent[] = []
  for (let at = 0; at < chosen.length; at += IMPORT_FILES_AT_ONCE) {
    const batch = chosen.slice(at, at + IMPORT_FILES_AT_ONCE)
    const begun = await begin(sourceId, batch, signal)
    const waiting = [...batch]
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        signal.throwIfAborted()
        await sendOne(next, begun.get(next.path), counted, notSent)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  }
  return notSent

  async function sendOne(each: ChosenFile, known: Begun | undefined, progress: Progress, failed: NotSent[]): Promise<void> {
    if (known === undefined) throw new Error('the server has not answered for each file')
    progress.set(each.path, known.receivedBytes)
    const unreadable = await readProblemOf(each.file)
    if (unreadable !== undefined) {
      failed.push({ path: each.path, problem: unreadable })
      return
    }
    const ask = async () => (await begin(sourceId, [each], signal)).get(each.path)?.receivedBytes ?? 0
    const address = addressOf(appendImportFile, { params: { fileId: known.id } })
    const { sizeBytes, receivedBytes } = known
    const options = { onProgress: (bytes: number) => progress.set(each.path, bytes), signal }
    await sendBytes(each.file, { address, sizeBytes, receivedBytes, ask }, options)
    progress.finish(each.path)
  }
}

interface Begun {
  readonly id: string
  readonly sizeBytes: number
  readonly receivedBytes: number
}

async function begin(sourceId: string, chosen: readonly ChosenFile[], signal: AbortSignal): Promise<ReadonlyMap<string, Begun>> {
  const files = chosen.map(({ path, file }) => ({ path, sizeBytes: file.size, modifiedMs: file.lastModified }))
  const { files: begun } = await call(beginImportFiles, { params: { sourceId }, body: { files } }, { signal })
  // Systems write one letter in several ways, and the server in one of them.
  const byPath = new Map(begun.map((each) => [each.path.normalize('NFC'), each]))
  return new Map(
    chosen.flatMap(({ path }) => {
      const known = byPath.get(path.normalize('NFC'))
      return known === undefined ? [] : [[path, known]]
    }),
  )
}

/** A file that was moved or removed since it was chosen, or a stick that is gone. */
async function readProblemOf(file: File): Promise<unknown> {
  try {
    await file.slice(0, 1).arrayBuffer()
    return undefined
  } catch (error) {
    return error
  }
}

class Progress {
  readonly #received = new Map<string, number>()
  readonly #done = new Set<string>()
  #bytes = 0
  readonly #total: Pick<SentSoFar, 'filesTotal' | 'bytesTotal'>
  readonly #tell: (sent: SentSoFar) => void

  constructor(chosen: readonly ChosenFile[], tell: (sent: SentSoFar) => void) {
    this.#total = { filesTotal: chosen.length, bytesTotal: chosen.reduce((sum, { file }) => sum + file.size, 0) }
    this.#tell = tell
    this.#say()
  }

  set(path: string, bytes: number): void {
    this.#bytes += bytes - (this.#received.get(path) ?? 0)
    this.#received.set(path, bytes)
    this.#say()
  }

  finish(path: string): void {
    this.#done.add(path)
    this.#say()
  }

  #say(): void {
    this.#tell({ ...this.#total, files: this.#done.size, bytes: this.#bytes })
  }
}
