/** A worker that decodes one file after the other. Whatever takes too long is ended with it, and the next file has a new one. */
import type { Answered, Asked } from './decode-worker.ts'
import { NoPictureError } from './dicom-file.ts'
import type { Facts } from './facts.ts'
import type { Picture } from './picture.ts'

const PATIENCE_MS = 30_000

interface Waiting {
  readonly resolve: (answered: Answered) => void
  readonly reject: (error: NoPictureError) => void
  readonly timer: ReturnType<typeof setTimeout>
}

export class DicomDecoder {
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #asked = 0

  /** @param bytes go to the worker, and are empty here. @throws {NoPictureError} */
  async open(bytes: ArrayBuffer): Promise<Facts> {
    const answered = await this.#ask({ kind: 'open', id: this.#asked++, bytes }, [bytes])
    if (answered.kind !== 'facts') throw new NoPictureError('damaged', 'an answer to something else')
    return answered.facts
  }

  /** Of the file that was opened last. @param frame from 0. @throws {NoPictureError} */
  async frame(frame: number): Promise<Picture> {
    const answered = await this.#ask({ kind: 'frame', id: this.#asked++, frame }, [])
    if (answered.kind !== 'picture') throw new NoPictureError('damaged', 'an answer to something else')
    return answered.picture
  }

  close(): void {
    this.#end(new NoPictureError('damaged', 'closed'))
  }

  #ask(asked: Asked, transfer: Transferable[]): Promise<Answered> {
    const worker = this.#start()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#end(new NoPictureError('too-slow', `${PATIENCE_MS} ms`)), PATIENCE_MS)
      this.#waiting.set(asked.id, { resolve, reject, timer })
      worker.postMessage(asked, transfer)
    })
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker
    const worker = new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' })
    worker.addEventListener('message', ({ data }: MessageEvent<Answered>) => {
      const waiting = this.#waiting.get(data.id)
      if (waiting === undefined) return
      clearTimeout(waiting.timer)
      this.#waiting.delete(data.id)
      if (data.kind === 'failed') waiting.reject(new NoPictureError(data.reason, 'it does not decode'))
      else waiting.resolve(data)
    })
    worker.addEventListener('error', (event) => {
      event.preventDefault()
      this.#end(new NoPictureError('damaged', 'the decoder broke'))
    })
    this.#worker = worker
    return worker
  }

  #end(why: NoPictureError): void {
    this.#worker?.terminate()
    this.#worker = undefined
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(why)
    }
    this.#waiting.clear()
  }
}
