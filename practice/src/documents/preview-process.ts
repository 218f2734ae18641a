/**
 * The process that draws one preview: the original on standard input, WebP on standard output. It is there to be killed: whatever a hostile
 * file does to a decoder happens here, in a process that may read the program's own files and nothing else, knows no key, and has a time and a size to keep to.
 *
 * Exit code 3: nothing can be drawn of this.
 */
import { buffer } from 'node:stream/consumers'
import { PDFiumLibrary } from '@hyzyla/pdfium'
import sharp, { type Sharp } from 'sharp'

const IMPOSSIBLE = 3

const SIDE_MAX = 800
/** A panoramic radiograph has 4 million, a camera 50. */
const PIXELS_MAX = 100_000_000
const QUALITY = 80

await main()

async function main(): Promise<void> {
  const mediaType = process.argv[2]
  try {
    const original = await buffer(process.stdin)
    const drawn = mediaType === 'application/pdf' ? await drawPage(original) : await drawImage(original)
    process.stdout.write(drawn)
  } catch {
    process.exitCode = IMPOSSIBLE
  }
}

/** The first frame, turned as its EXIF says; nothing else of the original's metadata stays. */
async function drawImage(original: Uint8Array): Promise<Uint8Array> {
  const image = sharp(original, { limitInputPixels: PIXELS_MAX, failOn: 'truncated', sequentialRead: true, pages: 1 })
  return encode(image.autoOrient())
}

async function drawPage(original: Uint8Array): Promise<Uint8Array> {
  const library = await PDFiumLibrary.init()
  const document = await library.loadDocument(original)
  const page = document.getPage(0)
  const { originalWidth, originalHeight } = page.getOriginalSize()
  const scale = SIDE_MAX / Math.max(originalWidth, originalHeight, 1)
  const drawn = await page.render({
    scale,
    render: async ({ data, width, height }) => encode(sharp(data, { raw: { width, height, channels: 4 } })),
  })
  return drawn.data
}

function encode(image: Sharp): Promise<Uint8Array> {
  const size = { width: SIDE_MAX, height: SIDE_MAX, fit: 'inside', withoutEnlargement: true } as const
  return image.resize(size).flatten({ background: '#ffffff' }).toColourspace('srgb').webp({ quality: QUALITY }).toBuffer()
}
