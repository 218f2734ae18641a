/**
 * DICOM, as PS3.10 files are (128 bytes of anything, then `DICM`), and as older devices and careless programs write them: data elements from
 * the first byte on, in ascending order. Three in a row that hold together are not met by accident.
 */
const PREAMBLE_BYTES = 128
const ELEMENTS_WANTED = 3
const LONG_VRS = 'OB OD OF OL OV OW SQ SV UC UN UR UT UV'
const VRS: ReadonlySet<string> = new Set(`AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US ${LONG_VRS}`.split(' '))
const LONG: ReadonlySet<string> = new Set(LONG_VRS.split(' '))
const SHORT_LENGTH_MAX = 1024

export function isDicom(head: Uint8Array, sizeBytes: number): boolean {
  if (head.length >= PREAMBLE_BYTES + 4 && Buffer.from(head.subarray(PREAMBLE_BYTES, PREAMBLE_BYTES + 4)).equals(MAGIC))
    return true
  return [true, false].some((isLittle) => hasElements(head, sizeBytes, isLittle))
}

const MAGIC = Buffer.from('DICM')

/** From group 0002 (file meta) or 0008 (identification), the first that a data set has. */
function hasElements(head: Uint8Array, sizeBytes: number, isLittle: boolean): boolean {
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  let before = -1
  let at = 0
  for (let count = 0; count < ELEMENTS_WANTED; count++) {
    if (at + 12 > head.length) return false
    const group = view.getUint16(at, isLittle)
    const tag = group * 0x1_0000 + view.getUint16(at + 2, isLittle)
    if ((count === 0 && group !== 2 && group !== 8) || group > 0x10 || tag <= before) return false
    const next = endOfElement(view, at, isLittle)
    if (next === undefined || next > sizeBytes) return false
    before = tag
    at = next
  }
  return true
}

function endOfElement(view: DataView, at: number, isLittle: boolean): number | undefined {
  const vr = String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5))
  if (LONG.has(vr)) return at + 12 + view.getUint32(at + 8, isLittle)
  if (VRS.has(vr)) return at + 8 + view.getUint16(at + 6, isLittle)
  const length = view.getUint32(at + 4, isLittle) // implicit VR; only little endian has it
  return isLittle && length <= SHORT_LENGTH_MAX ? at + 8 + length : undefined
}
