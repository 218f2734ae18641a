/** Brings a picture: its bytes from the server, checked against their fingerprint, then decoded; and keeps the last ones at hand. */

import { DicomDecoder } from './dicom/decoder.ts'
import { NoPictureError } from './dicom/dicom-file.ts'
import type { Facts } from './dicom/facts.ts'
import type { Picture } from './dicom/picture.ts'
import type { Step } from './step.ts'

export interface Loaded {
  readonly picture: Picture
  /** what a DICOM file says of itself; a photograph says nothing */
  readonly facts?: Facts
  /** of the bytes that came, hex */
  readonly sha256: string
  /** whether they are those that were received; undefined: nothing to compare with */
  readonly isAsReceived?: boolean
  /** the original is of a kind that browsers do not show: this is its small picture */
  readonly isPreview: boolean
}

const KEPT_BYTES_MAX = 192 * 1024 * 1024
const PIXELS_MAX = 100_000_000

/** One for each pane; to be closed with it. Loads one at a time: the caller waits for one before asking for the next, or aborts it. */
export class PictureLoader {
  readonly #decoder = new DicomDecoder()
  readonly #kept = new Map<string, Loaded>()
  #open: { readonly fileKey: string; readonly rest: Omit<Loaded, 'picture'> } | undefined
  #last: Promise<unknown> = Promise.resolve()

  /** @throws {NoPictureError} @throws {Problem} @throws the signal's reason */
  load(step: Step, signal: AbortSignal): Promise<Loaded> {
    const loading = this.#last.catch(() => undefined).then(() => this.#load(step, signal))
    this.#last = loading
    return loading
  }

  close(): void {
    this.#decoder.close()
    this.#kept.clear()
  }

  async #load(step: Step, signal: AbortSignal): Promise<Loaded> {
    signal.throwIfAborted()
    const key = `${step.fileKey} ${step.frame}`
    const kept = this.#kept.get(key)
    if (kept !== undefined) return kept
    const loaded = step.kind === 'dicom' ? await this.#loadDicom(step, signal) : await loadDocument(step, signal)
    this.#keep(key, loaded)
    return loaded
  }

  async #loadDicom(step: Step, signal: AbortSignal): Promise<Loaded> {
    if (this.#open?.fileKey !== step.fileKey) {
      this.#open = undefined
      const bytes = await (await step.fetch(signal)).arrayBuffer()
      signal.throwIfAborted()
      const sha256 = await fingerprint(bytes)
      const isAsReceived = step.sha256 === undefined ? {} : { isAsReceived: sha256 === step.sha256 }
      const facts = await this.#decoder.open(bytes)
      this.#open = { fileKey: step.fileKey, rest: { facts, sha256, isPreview: false, ...isAsReceived } }
    }
    const { rest } = this.#open
    try {
      return { ...rest, picture: await this.#decoder.frame(step.frame) }
    } catch (error) {
      this.#open = undefined // the decoder may have been ended
      throw error
    }
  }

  /** The oldest give way. */
  #keep(key: string, loaded: Loaded): void {
    this.#kept.set(key, loaded)
    let bytes = 0
    for (const [each, { picture }] of [...this.#kept].toReversed()) {
      bytes += picture.kind === 'grey' ? picture.values.byteLength : picture.rgba.byteLength
      if (bytes > KEPT_BYTES_MAX && each !== key) this.#kept.delete(each)
    }
  }
}

async function loadDocument(step: Step, signal: AbortSignal): Promise<Loaded> {
  const blob = await (await step.fetch(signal)).blob()
  const sha256 = await fingerprint(await blob.arrayBuffer())
  const shown = await bitmapOf(blob)
  if (shown !== undefined) return { picture: pictureOf(shown), sha256, isPreview: false }
  const small = await fetch(step.previewAddress, { signal, credentials: 'same-origin' })
  const preview = small.ok ? await bitmapOf(await small.blob()) : undefined
  if (preview === undefined) throw new NoPictureError('unknown-compression', 'no browser shows it, and it has no small picture')
  return { picture: pictureOf(preview), sha256, isPreview: true }
}

/** @returns undefined for what this browser does not show, or not at this size */
async function bitmapOf(blob: Blob): Promise<ImageBitmap | undefined> {
  const bitmap = await createImageBitmap(blob).catch(() => undefined)
  if (bitmap === undefined || bitmap.width * bitmap.height <= PIXELS_MAX) return bitmap
  bitmap.close()
  return undefined
}

function pictureOf(bitmap: ImageBitmap): Picture {
  const { width: columns, height: rows } = bitmap
  const canvas = new OffscreenCanvas(columns, rows)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) throw new NoPictureError('too-large', `${columns} by ${rows} pixels`)
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  return { kind: 'colour', rows, columns, rgba: context.getImageData(0, 0, columns, rows).data, overlays: [], isCutShort: false }
}

async function fingerprint(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
