/**
 * Microsoft's compound files (MS-CFB), in which Word, Excel, PowerPoint and Outlook kept theirs until 2007: told apart by the names in their
 * directory. Entries have 128 bytes: name in UTF-16LE (64) ‖ its length in bytes (2) ‖ kind (1) ‖ … ‖ class id at 80.
 */

const SIGNATURE = Buffer.from('d0cf11e0a1b11ae1', 'hex')
const ENTRY_BYTES = 128
/** Long enough for the names that matter, which programs write first. */
const DIRECTORY_BYTES_MAX = 32 * 1024
const INSTALLER_CLASS = Buffer.from('84100c0000000000c000000000000046', 'hex')

const BY_NAME: Readonly<Record<string, string>> = {
  worddocument: 'application/msword',
  workbook: 'application/vnd.ms-excel',
  book: 'application/vnd.ms-excel',
  'powerpoint document': 'application/vnd.ms-powerpoint',
  'current user': 'application/vnd.ms-powerpoint',
  '__properties_version1.0': 'application/vnd.ms-outlook',
  '__nameid_version1.0': 'application/vnd.ms-outlook',
}

export function isCompound(head: Uint8Array): boolean {
  return head.length >= 512 && SIGNATURE.equals(head.subarray(0, SIGNATURE.length))
}

/** @returns `application/x-cfb` when none of the names is known; encrypted office files are so */
export async function sniffCompound(
  head: Uint8Array,
  readAt: (offset: number, lengthBytes: number) => Promise<Uint8Array>,
): Promise<string> {
  const header = new DataView(head.buffer, head.byteOffset, 512)
  const sectorBytes = header.getUint16(30, true) === 12 ? 4096 : 512
  const start = (header.getUint32(48, true) + 1) * sectorBytes
  const directory = Buffer.from(await readAt(start, DIRECTORY_BYTES_MAX))
  for (let at = 0; at + ENTRY_BYTES <= directory.length; at += ENTRY_BYTES) {
    const entry = directory.subarray(at, at + ENTRY_BYTES)
    const [nameBytes, kind] = [entry.readUInt16LE(64), entry[66] ?? 0]
    if (nameBytes > 64 || kind > 5) break
    if (kind === 5 && entry.subarray(80, 96).equals(INSTALLER_CLASS)) return 'application/x-msi'
    const name = entry.toString('utf16le', 0, Math.max(0, nameBytes - 2)).toLowerCase()
    if (Object.hasOwn(BY_NAME, name)) return BY_NAME[name] as string
  }
  return 'application/x-cfb'
}
