/** For tests: the codecs' programs from where they are installed, as the worker fetches them from the server. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { LoadWasm, WasmCodec } from './codecs.ts'

const require = createRequire(import.meta.url)
const PROGRAMS: Readonly<Record<WasmCodec, string>> = {
  jpeg: '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm',
  'jpeg-2000': '@cornerstonejs/codec-openjpeg/decodewasm',
  'jpeg-ls': '@cornerstonejs/codec-charls/decodewasm',
}

export const loadForTest: LoadWasm = async (codec) => new Uint8Array(readFileSync(require.resolve(PROGRAMS[codec]))).buffer
