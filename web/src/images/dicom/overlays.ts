/** Drawings that a device lays over its picture (PS3.3 C.9.2): one bit a pixel, with a place of their own. */
import type { DataSet } from 'dicom-parser'

export interface Overlay {
  readonly rows: number
  readonly columns: number
  /** of its corner in the picture, from 0 */
  readonly top: number
  readonly left: number
  /** one a byte, 1 where something is drawn */
  readonly mask: Uint8Array
}

const GROUPS = 16
const PIXELS_MAX = 100_000_000

/** @param frame from 0: an overlay of several frames has one for each */
export function readOverlays(data: DataSet, frame: number): readonly Overlay[] {
  return Array.from({ length: GROUPS }, (_, i) => readOverlay(data, `x60${(i * 2).toString(16).padStart(2, '0')}`, frame)).filter(
    (overlay) => overlay !== undefined,
  )
}

function readOverlay(data: DataSet, group: string, frame: number): Overlay | undefined {
  const element = data.elements[`${group}3000`]
  const rows = data.uint16(`${group}0010`) ?? 0
  const columns = data.uint16(`${group}0011`) ?? 0
  const count = rows * columns
  if (element === undefined || count === 0 || count > PIXELS_MAX) return undefined
  const frames = Number.parseInt(data.string(`${group}0015`) ?? '1', 10) || 1
  const first = (frames > 1 ? Math.min(frame, frames - 1) : 0) * count
  const bytes = data.byteArray.subarray(element.dataOffset, element.dataOffset + element.length)
  const mask = new Uint8Array(count)
  for (let i = 0; i < count; i++) mask[i] = ((bytes[(first + i) >> 3] ?? 0) >> ((first + i) & 7)) & 1
  return { rows, columns, top: (data.int16(`${group}0050`, 0) ?? 1) - 1, left: (data.int16(`${group}0050`, 1) ?? 1) - 1, mask }
}
