/** Lengths on a picture, and what they are worth. */
import type { Spacing } from './dicom/facts.ts'
import type { Point } from './view.ts'

/** `detector`: millimetres at the sensor, where things are drawn larger than they are; `pixels`: the picture has no scale. */
export type Length = { readonly kind: Spacing['at'] | 'pixels'; readonly value: number }

export function lengthOf(from: Point, to: Point, spacing: Spacing | undefined): Length {
  if (spacing === undefined) return { kind: 'pixels', value: Math.hypot(to.x - from.x, to.y - from.y) }
  return { kind: spacing.at, value: Math.hypot((to.x - from.x) * spacing.columnMm, (to.y - from.y) * spacing.rowMm) }
}
