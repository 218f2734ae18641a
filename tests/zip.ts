/** Archives for tests, sound and hostile: as small as the format allows. */
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZippedFile {
  /** bytes: in a code page that the archive does not tell */
  readonly name: string | Uint8Array
  readonly bytes: Uint8Array
  /** deflated; stored otherwise */
  readonly isDeflated?: boolean
  /** what the directory says of its size, where it lies */
  readonly claimedBytes?: number
  /** 1: locked with a password */
  readonly flags?: number
  /** where the directory says that it begins, where it lies */
  readonly claimedOffset?: number
}

export function makeZip(files: readonly ZippedFile[]): Uint8Array {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const file of files) {
    const name = Buffer.from(file.name as Uint8Array)
    const data = file.isDeflated ? deflateRawSync(file.bytes) : Buffer.from(file.bytes)
    const about = Buffer.alloc(26)
    about.writeUInt16LE(20, 0)
    about.writeUInt16LE((typeof file.name === 'string' ? 0x800 : 0) | (file.flags ?? 0), 2)
    about.writeUInt16LE(file.isDeflated ? 8 : 0, 4)
    about.writeUInt16LE(0x5c21, 8)
    about.writeUInt32LE(crc32(file.bytes), 10)
    about.writeUInt32LE(data.length, 14)
    about.writeUInt32LE(file.claimedBytes ?? file.bytes.length, 18)
    about.writeUInt16LE(name.length, 22)
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), about, name, data)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(file.claimedOffset ?? offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), about, place, name)
    offset += 30 + name.length + data.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(list.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, list, Buffer.from('PK\x05\x06', 'latin1'), end])
}
