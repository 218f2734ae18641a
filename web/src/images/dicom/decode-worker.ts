/**
 * Takes DICOM files apart and decodes their frames, away from the page: what hangs here is ended, what breaks here breaks nothing else. The
 * server sends this program with a policy of its own, under which alone WebAssembly runs (`practice/src/http/web-pages.ts`).
 */
import charls from '@cornerstonejs/codec-charls/decodewasm?url'
import libjpeg from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm?url'
import openjpeg from '@cornerstonejs/codec-openjpeg/decodewasm?url'
import type { WasmCodec } from './codecs.ts'
import { type DicomFile, NoPictureError, type NoPictureReason, readDicomFile } from './dicom-file.ts'
import { type Facts, readFacts } from './facts.ts'
import { makePicture, type Picture } from './picture.ts'

export type Asked =
  | { readonly kind: 'open'; readonly id: number; readonly bytes: ArrayBuffer }
  /** of the file that was opened last; from 0 */
  | { readonly kind: 'frame'; readonly id: number; readonly frame: number }

export type Answered =
  | { readonly kind: 'facts'; readonly id: number; readonly facts: Facts }
  | { readonly kind: 'picture'; readonly id: number; readonly picture: Picture }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: NoPictureReason }

const PROGRAMS: Readonly<Record<WasmCodec, string>> = { jpeg: libjpeg, 'jpeg-2000': openjpeg, 'jpeg-ls': charls }

let file: DicomFile | undefined

self.addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  void answer(data).then(
    (answered) => self.postMessage(answered, { transfer: answered.kind === 'picture' ? buffersOf(answered.picture) : [] }),
    (error: unknown) => {
      const reason = error instanceof NoPictureError ? error.reason : 'damaged'
      self.postMessage({ kind: 'failed', id: data.id, reason } satisfies Answered)
    },
  )
})

async function answer(asked: Asked): Promise<Answered> {
  const { id } = asked
  if (asked.kind === 'open') {
    file = undefined
    file = await readDicomFile(new Uint8Array(asked.bytes))
    return { kind: 'facts', id, facts: readFacts(file) }
  }
  if (file === undefined) throw new NoPictureError('not-dicom', 'no file is open')
  return { kind: 'picture', id, picture: await makePicture(file, asked.frame, load) }
}

async function load(codec: WasmCodec): Promise<ArrayBuffer> {
  const response = await fetch(PROGRAMS[codec])
  if (!response.ok) throw new Error(`the codec ${codec} did not come: ${response.status}`)
  return response.arrayBuffer()
}

function buffersOf(picture: Picture): Transferable[] {
  return picture.kind === 'grey' ? [picture.values.buffer, picture.levels.buffer] : [picture.rgba.buffer]
}
