/** From a picture's values to what is drawn: windows (PS3.3 C.11.2.1.2), light and dark turned over, the device's own drawings on top. */
import type { Window } from './dicom/facts.ts'
import type { Overlay } from './dicom/overlays.ts'
import type { ColourPicture, GreyPicture, Picture, VoiFunction } from './dicom/picture.ts'

export interface Shading {
  readonly window: Window
  readonly isInverted: boolean
  readonly withOverlays: boolean
}

/** As the device wishes to be seen; else so that all but the extremes is told apart. Colours have a window of their own, which changes nothing. */
export function firstShading(picture: Picture): Shading {
  const window = picture.kind === 'colour' ? COLOUR_WINDOW : (picture.windows[0] ?? picture.fitting.usual)
  return { window: { center: window.center, width: window.width }, isInverted: false, withOverlays: true }
}

export const COLOUR_WINDOW: Window = { center: 127.5, width: 255 }

/** Red, green, blue and opaque, row by row. */
export function shade(picture: Picture, { window, isInverted, withOverlays }: Shading): Uint8ClampedArray<ArrayBuffer> {
  const rgba = picture.kind === 'grey' ? shadeGreys(picture, window, isInverted) : shadeColours(picture, window, isInverted)
  if (withOverlays) for (const overlay of picture.overlays) lay(overlay, rgba, picture)
  return rgba
}

function shadeGreys(picture: GreyPicture, window: Window, isInverted: boolean): Uint8ClampedArray<ArrayBuffer> {
  const { values, levels, isNegative, voi } = picture
  const table = tableOf(levels, window, voi)
  const isTurned = isNegative !== isInverted
  if (isTurned) for (let i = 0; i < table.length; i++) table[i] = 255 - (table[i] as number)
  const rgba = new Uint8ClampedArray(values.length * 4)
  const pixels = new Uint32Array(rgba.buffer)
  const isLittle = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1
  const shades = Uint32Array.from(table, (grey) => (isLittle ? 0xff000000 + grey * 0x10101 : grey * 0x1010100 + 0xff))
  for (let i = 0; i < values.length; i++) pixels[i] = shades[values[i] as number] as number
  return rgba
}

function shadeColours(picture: ColourPicture, window: Window, isInverted: boolean): Uint8ClampedArray<ArrayBuffer> {
  const table = tableOf(
    Float32Array.from({ length: 256 }, (_, i) => i),
    window,
    'linear-exact',
  )
  if (isInverted) for (let i = 0; i < table.length; i++) table[i] = 255 - (table[i] as number)
  const rgba = new Uint8ClampedArray(picture.rgba)
  for (let i = 0; i < rgba.length; i++) if (i % 4 !== 3) rgba[i] = table[rgba[i] as number] as number
  return rgba
}

/** For each level how bright it is, 0 to 255. */
export function tableOf(levels: Float32Array, { center, width }: Window, voi: VoiFunction): Uint8ClampedArray {
  const table = new Uint8ClampedArray(levels.length)
  // Of a window of one value or less the standard's linear function divides by nothing.
  const isExact = voi === 'linear-exact' || width <= 1
  const [middle, span] = isExact ? [center, Math.max(width, 1e-9)] : [center - 0.5, width - 1]
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i] as number
    table[i] = voi === 'sigmoid' ? 255 / (1 + Math.exp((-4 * (level - center)) / width)) : ((level - middle) / span + 0.5) * 255
  }
  return table
}

function lay({ rows, columns, top, left, mask }: Overlay, rgba: Uint8ClampedArray, picture: Picture): void {
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const [row, column] = [top + y, left + x]
      const isInside = row >= 0 && column >= 0 && row < picture.rows && column < picture.columns
      if (isInside && mask[y * columns + x] === 1)
        rgba.fill(255, (row * picture.columns + column) * 4, (row * picture.columns + column + 1) * 4)
    }
}
