/** How a picture lies in its box: its place, size and turns, as numbers; from a point of the picture to one of the box, and back. */
export interface View {
  /** 1: as large as the box allows */
  readonly zoom: number
  /** from the middle of the box, in its pixels */
  readonly x: number
  readonly y: number
  /** quarters, to the right */
  readonly turns: number
  /** left and right change places */
  readonly isFlipped: boolean
}

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** x' = a x + c y + e, y' = b x + d y + f */
export interface Matrix {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  readonly e: number
  readonly f: number
}

export const FITTING: View = { zoom: 1, x: 0, y: 0, turns: 0, isFlipped: false }
export const ZOOM_MIN = 0.25
export const ZOOM_MAX = 40

/** @param picture in pixels. @param aspect height of a pixel, where its width is 1 */
export function matrixOf(view: View, picture: Size, aspect: number, box: Size): Matrix {
  const scale = fittingScale(view, picture, aspect, box) * view.zoom
  const [cos, sin] = QUARTERS[view.turns & 3] as readonly [number, number]
  const across = scale * (view.isFlipped ? -1 : 1)
  const down = scale * aspect
  const [a, b, c, d] = [cos * across, sin * across, -sin * down, cos * down]
  const [middleX, middleY] = [picture.width / 2, picture.height / 2]
  return {
    a,
    b,
    c,
    d,
    e: box.width / 2 + view.x - a * middleX - c * middleY,
    f: box.height / 2 + view.y - b * middleX - d * middleY,
  }
}

const QUARTERS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const

function fittingScale({ turns }: View, picture: Size, aspect: number, box: Size): number {
  const [width, height] = [picture.width, picture.height * aspect]
  const isLying = turns % 2 !== 0
  return Math.min(box.width / (isLying ? height : width), box.height / (isLying ? width : height))
}

export function apply({ a, b, c, d, e, f }: Matrix, { x, y }: Point): Point {
  return { x: a * x + c * y + e, y: b * x + d * y + f }
}

/** The point that {@link apply} takes there. */
export function applyBack({ a, b, c, d, e, f }: Matrix, { x, y }: Point): Point {
  const determinant = a * d - b * c
  return { x: (d * (x - e) - c * (y - f)) / determinant, y: (a * (y - f) - b * (x - e)) / determinant }
}

/** Larger or smaller; what lies under a point of the box stays there. @param at from the middle of the box */
export function zoomAt(view: View, factor: number, at: Point = { x: 0, y: 0 }): View {
  const zoom = Math.max(ZOOM_MIN, Math.min(ZOOM_MAX, view.zoom * factor))
  const real = zoom / view.zoom
  return { ...view, zoom, x: at.x + (view.x - at.x) * real, y: at.y + (view.y - at.y) * real }
}
