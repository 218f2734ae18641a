/** Codecs as Emscripten makes them, which bring no types. */
interface CodecModule {
  readonly JPEGDecoder: new () => CodecDecoder
  readonly J2KDecoder: new () => CodecDecoder
  readonly JpegLSDecoder: new () => CodecDecoder
}

interface CodecDecoder {
  getEncodedBuffer(sizeBytes: number): Uint8Array
  decode(): void
  getFrameInfo(): {
    readonly width: number
    readonly height: number
    readonly bitsPerSample: number
    readonly componentCount: number
    readonly isSigned?: boolean
  }
  /** 0: in planes; JPEG-LS only */
  getInterleaveMode?(): number
  getDecodedBuffer(): Uint8Array
  delete(): void
}

type MakeCodec = (options: { readonly wasmBinary: ArrayBuffer }) => Promise<CodecModule>

declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  const make: MakeCodec
  export default make
}
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  const make: MakeCodec
  export default make
}
declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  const make: MakeCodec
  export default make
}
