/**
 * A zip archive as a stream (PKWARE APPNOTE 6.3): sizes and checksums follow each file, since they are not known before; zip64 where
 * a number does not fit. Names are UTF-8; modes are those of Unix.
 *
 *     { local header · content · data descriptor } … · central directory · [zip64 end · locator] · end
 */
import { crc32, createDeflateRaw } from 'node:zlib'
import { parseTimeNs, type TreeNode, unixPermissions } from '#format'

const UINT32_MAX = 0xffffffff
const UINT16_MAX = 0xffff
const STORED = 0
const DEFLATED = 8
/** Sizes after the content; names in UTF-8. */
const FLAGS = 0x0808
const VERSION = 20
const VERSION_64 = 45
const UNIX = 3 << 8
const KINDS: Readonly<Partial<Record<TreeNode['type'], number>>> = { file: 0o100000, dir: 0o040000, symlink: 0o120000 }

interface Entry {
  readonly name: Buffer
  readonly node: TreeNode
  readonly method: number
  readonly offset: number
  readonly isLarge: boolean
  crc: number
  size: number
  packed: number
}

/** Writes one archive: each entry, then the end. */
export class ZipWriter {
  readonly #entries: Entry[] = []
  #written = 0

  /**
   * @param path relative, raw bytes, without a slash at the end
   * @param content of a file or, its target, of a link
   */
  async *add(
    path: Uint8Array,
    node: TreeNode,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const name = Buffer.from(Buffer.from(path).toString() + (node.type === 'dir' ? '/' : ''))
    const method = node.type === 'file' ? DEFLATED : STORED
    // Deflate adds at most 5 bytes to 16 KiB.
    const isLarge = node.type === 'file' && node.size + node.size / 1024 + 1024 >= UINT32_MAX
    const entry: Entry = { name, node, method, offset: this.#written, isLarge, crc: 0, size: 0, packed: 0 }
    this.#entries.push(entry)
    yield this.#count(localHeader(entry))
    for await (const piece of method === DEFLATED ? deflated(counted(content, entry)) : counted(content, entry)) {
      entry.packed += piece.length
      yield this.#count(piece)
    }
    yield this.#count(descriptor(entry))
  }

  *end(): Generator<Uint8Array, void, undefined> {
    const start = this.#written
    for (const entry of this.#entries) yield this.#count(centralHeader(entry))
    yield endOfDirectory(this.#entries.length, start, this.#written - start)
  }

  #count(bytes: Uint8Array): Uint8Array {
    this.#written += bytes.length
    return bytes
  }
}

async function* counted(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, entry: Entry): AsyncGenerator<Uint8Array> {
  for await (const piece of content) {
    entry.crc = crc32(piece, entry.crc)
    entry.size += piece.length
    yield piece
  }
}

async function* deflated(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const deflate = createDeflateRaw()
  let wake = () => {}
  // Who reads may leave at any moment; what is destroyed never has room again, and says so only by its end.
  deflate.on('drain', () => wake()).on('close', () => wake())
  const feed = async () => {
    for await (const piece of content) {
      if (!deflate.destroyed && !deflate.write(piece)) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      if (deflate.destroyed) return
    }
    deflate.end()
  }
  const fed = feed().catch((error) => void deflate.destroy(error))
  try {
    yield* deflate as AsyncIterable<Uint8Array>
  } finally {
    deflate.destroy()
    await fed
  }
}

function localHeader({ name, node, method, isLarge }: Entry): Uint8Array {
  const extra = Buffer.concat([timeExtra(node), ...(isLarge ? [zip64Extra([0n, 0n])] : [])])
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(isLarge ? VERSION_64 : VERSION, 4)
  header.writeUInt16LE(FLAGS, 6)
  header.writeUInt16LE(method, 8)
  header.writeUInt32LE(dosTime(node), 10)
  if (isLarge) header.fill(0xff, 18, 26)
  header.writeUInt16LE(name.length, 26)
  header.writeUInt16LE(extra.length, 28)
  return Buffer.concat([header, name, extra])
}

function descriptor({ crc, size, packed, isLarge }: Entry): Uint8Array {
  const bytes = Buffer.alloc(isLarge ? 24 : 16)
  bytes.writeUInt32LE(0x08074b50, 0)
  bytes.writeUInt32LE(crc, 4)
  if (isLarge) {
    bytes.writeBigUInt64LE(BigInt(packed), 8)
    bytes.writeBigUInt64LE(BigInt(size), 16)
  } else {
    bytes.writeUInt32LE(packed, 8)
    bytes.writeUInt32LE(size, 12)
  }
  return bytes
}

function centralHeader({ name, node, method, offset, crc, size, packed, isLarge }: Entry): Uint8Array {
  const large = [...(isLarge ? [BigInt(size), BigInt(packed)] : []), ...(offset >= UINT32_MAX ? [BigInt(offset)] : [])]
  const extra = Buffer.concat([timeExtra(node), ...(large.length > 0 ? [zip64Extra(large)] : [])])
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE(UNIX | (large.length > 0 ? VERSION_64 : VERSION), 4)
  header.writeUInt16LE(large.length > 0 ? VERSION_64 : VERSION, 6)
  header.writeUInt16LE(FLAGS, 8)
  header.writeUInt16LE(method, 10)
  header.writeUInt32LE(dosTime(node), 12)
  header.writeUInt32LE(crc, 16)
  header.writeUInt32LE(isLarge ? UINT32_MAX : packed, 20)
  header.writeUInt32LE(isLarge ? UINT32_MAX : size, 24)
  header.writeUInt16LE(name.length, 28)
  header.writeUInt16LE(extra.length, 30)
  header.writeUInt32LE((((KINDS[node.type] ?? 0) | unixPermissions(node.mode)) << 16) >>> 0, 38)
  if (node.type === 'dir') header[38] = 0x10
  header.writeUInt32LE(Math.min(offset, UINT32_MAX), 42)
  return Buffer.concat([header, name, extra])
}

function endOfDirectory(count: number, start: number, bytes: number): Uint8Array {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Math.min(count, UINT16_MAX), 8)
  end.writeUInt16LE(Math.min(count, UINT16_MAX), 10)
  end.writeUInt32LE(Math.min(bytes, UINT32_MAX), 12)
  end.writeUInt32LE(Math.min(start, UINT32_MAX), 16)
  if (count < UINT16_MAX && bytes < UINT32_MAX && start < UINT32_MAX) return end
  const large = Buffer.alloc(56 + 20)
  large.writeUInt32LE(0x06064b50, 0)
  large.writeBigUInt64LE(44n, 4)
  large.writeUInt16LE(UNIX | VERSION_64, 12)
  large.writeUInt16LE(VERSION_64, 14)
  large.writeBigUInt64LE(BigInt(count), 24)
  large.writeBigUInt64LE(BigInt(count), 32)
  large.writeBigUInt64LE(BigInt(bytes), 40)
  large.writeBigUInt64LE(BigInt(start), 48)
  large.writeUInt32LE(0x07064b50, 56)
  large.writeBigUInt64LE(BigInt(start + bytes), 64)
  large.writeUInt32LE(1, 72)
  return Buffer.concat([large, end])
}

function zip64Extra(values: readonly bigint[]): Buffer {
  const extra = Buffer.alloc(4 + values.length * 8)
  extra.writeUInt16LE(0x0001, 0)
  extra.writeUInt16LE(values.length * 8, 2)
  for (const [i, value] of values.entries()) extra.writeBigUInt64LE(value, 4 + i * 8)
  return extra
}

/** "Extended timestamp": the modification time in seconds since 1970, where 32 bits hold it. */
function timeExtra({ mtime }: TreeNode): Buffer {
  const seconds = Number(parseTimeNs(mtime) / 1_000_000_000n)
  if (seconds < -0x80000000 || seconds > 0x7fffffff) return Buffer.alloc(0)
  const extra = Buffer.alloc(9)
  extra.writeUInt16LE(0x5455, 0)
  extra.writeUInt16LE(5, 2)
  extra.writeUInt8(1, 4)
  extra.writeInt32LE(seconds, 5)
  return extra
}

/** Date and time as MS-DOS has them, in the zone in which they were written; between 1980 and 2107. */
function dosTime({ mtime }: TreeNode): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = (mtime.match(/\d+/g) ?? []).map(Number)
  if (year < 1980) return (1 << 21) | (1 << 16)
  if (year > 2107) return ((127 << 25) | (12 << 21) | (31 << 16)) >>> 0
  const date = ((year - 1980) << 9) | (month << 5) | day
  return ((date << 16) | (hour << 11) | (minute << 5) | (second >> 1)) >>> 0
}
