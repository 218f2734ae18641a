/**
 * What stands before the data set in a DICOM file (PS3.10 §7.1): 128 bytes that mean nothing, `DICM`, and group 0002 in explicit little endian.
 * `group (2) ‖ element (2) ‖ VR (2) ‖ length (2, or 0 (2) and 4 for OB and its like) ‖ value`
 */
import { isUid } from './uids.ts'

const PREAMBLE_BYTES = 128
const MAGIC = [0x44, 0x49, 0x43, 0x4d]
/** Ours, made from a random UUID (PS3.5 §B.2). */
export const IMPLEMENTATION_CLASS_UID = '2.25.133205867116737644120768473226375482380'
export const IMPLEMENTATION_VERSION = 'COURONNE'

/** VRs whose length has four bytes. */
const LONG = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'UC', 'UN', 'UR', 'UT', 'SV', 'UV'])

export interface FileMeta {
  readonly transferSyntaxUid: string
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  /** absent where the file does not say who sent it */
  readonly senderAeTitle?: string
}

/** All that precedes a data set that came by network. */
export function encodeFileMeta({ transferSyntaxUid, sopClassUid, sopInstanceUid, senderAeTitle }: FileMeta): Uint8Array {
  const elements = [
    ...long(0x0001, 'OB', [0, 1]),
    ...short(0x0002, 'UI', sopClassUid),
    ...short(0x0003, 'UI', sopInstanceUid),
    ...short(0x0010, 'UI', transferSyntaxUid),
    ...short(0x0012, 'UI', IMPLEMENTATION_CLASS_UID),
    ...short(0x0013, 'SH', IMPLEMENTATION_VERSION),
    ...(senderAeTitle === undefined ? [] : short(0x0016, 'AE', senderAeTitle)),
  ]
  const count = [elements.length & 0xff, (elements.length >>> 8) & 0xff, 0, 0]
  const groupLength = [...tag(0x0000), ...letters('UL'), 4, 0, ...count]
  return Uint8Array.from([...new Uint8Array(PREAMBLE_BYTES), ...MAGIC, ...groupLength, ...elements])
}

/**
 * What a file says of itself, and where its data set begins.
 *
 * @param head of the file, some kilobytes
 * @returns undefined when it is no DICOM file, or its meta group does not hold together
 */
export function decodeFileMeta(head: Uint8Array): (FileMeta & { readonly dataSetOffset: number }) | undefined {
  if (!isDicomFile(head)) return undefined
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const values = new Map<number, string>()
  let at = PREAMBLE_BYTES + MAGIC.length
  while (at + 8 <= head.length && view.getUint16(at, true) === 2) {
    const isLong = LONG.has(String.fromCharCode(head[at + 4] ?? 0, head[at + 5] ?? 0))
    if (isLong && at + 12 > head.length) return undefined
    const [start, length] = isLong ? [at + 12, view.getUint32(at + 8, true)] : [at + 8, view.getUint16(at + 6, true)]
    if (length > head.length - start) return undefined
    if (length <= 64) values.set(view.getUint16(at + 2, true), plain(head.subarray(start, start + length)))
    at = start + length
  }
  const transferSyntaxUid = values.get(0x0010) ?? ''
  if (!isUid(transferSyntaxUid)) return undefined
  const senderAeTitle = values.get(0x0016)
  return {
    transferSyntaxUid,
    sopClassUid: values.get(0x0002) ?? '',
    sopInstanceUid: values.get(0x0003) ?? '',
    ...(senderAeTitle === undefined ? {} : { senderAeTitle }),
    dataSetOffset: at,
  }
}

/** Whether `DICM` stands where it stands in a DICOM file. */
export function isDicomFile(head: Uint8Array): boolean {
  return head.length >= PREAMBLE_BYTES + 4 && MAGIC.every((byte, i) => head[PREAMBLE_BYTES + i] === byte)
}

function plain(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes).replace(/[\0 ]+$/, '')
}

function short(element: number, vr: string, value: string): number[] {
  const even = value.length % 2 === 0 ? value : value + (vr === 'UI' ? '\0' : ' ')
  return [...tag(element), ...letters(vr), even.length & 0xff, even.length >>> 8, ...letters(even)]
}

function long(element: number, vr: string, value: readonly number[]): number[] {
  return [...tag(element), ...letters(vr), 0, 0, value.length, 0, 0, 0, ...value]
}

function tag(element: number): number[] {
  return [2, 0, element & 0xff, element >>> 8]
}

function letters(text: string): number[] {
  return Array.from(text, (each) => each.charCodeAt(0))
}
