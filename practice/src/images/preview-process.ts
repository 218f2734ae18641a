/**
 * The process that draws one frame of one image: a DICOM file on standard input, PNG on standard output. It is there to be killed: whatever a
 * hostile file does to a decoder happens here, in a process that may read the program's own files and nothing else, knows no key, and has a time and
 * a size to keep to.
 *
 * Exit code 3: nothing can be drawn of this.
 */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import dcmjsImaging from 'dcmjs-imaging'
import sharp from 'sharp'

const IMPOSSIBLE = 3
const { DicomImage, NativePixelDecoder } = dcmjsImaging

await main()

async function main(): Promise<void> {
  const [, , frame, size] = process.argv
  try {
    const codecs = join(dirname(createRequire(import.meta.url).resolve('dcmjs-imaging')), 'dcmjs-native-codecs.wasm')
    await NativePixelDecoder.initializeAsync({ webAssemblyModulePathOrUrl: codecs })
    const file = await buffer(process.stdin)
    const whole = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer
    process.stdout.write(await draw(whole, Number(frame), Number(size)))
  } catch {
    process.exitCode = IMPOSSIBLE
  }
}

async function draw(file: ArrayBuffer, frame: number, size: number): Promise<Uint8Array> {
  const image = new DicomImage(file)
  const { pixels, width, height } = image.render({ frame: frame - 1 })
  const drawn = sharp(new Uint8Array(pixels), { raw: { width, height, channels: 4 } })
  return drawn
    .resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#000000' })
    .withExif({ IFD0: { ImageDescription: 'Not for diagnosis' } })
    .png()
    .toBuffer()
}
