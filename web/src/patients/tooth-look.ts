/** How a tooth is drawn: which of its faces are treated, to be cared for or planned, and what stands in its whole. Pure. */
import { archOf, type Chart, type ChartItem, quadrantOf, type Tooth } from '@couronne/practice/contract'

export type FaceLook = 'treated' | 'care' | 'planned'
export type Face = 'top' | 'bottom' | 'left' | 'right' | 'middle'
export type Presence = Chart['teeth'][number]['presence']

export interface ToothLook {
  readonly presence: Presence
  readonly faces: Readonly<Partial<Record<Face, FaceLook>>>
  readonly hasCrown: boolean
  readonly hasRootFilling: boolean
  /** something is planned that is about no single face */
  readonly isPlanned: boolean
}

const CARE: ReadonlySet<string> = new Set(['caries', 'fracture', 'extraction-indicated', 'root-remnant', 'periapical-lesion'])
const TREATED: ReadonlySet<string> = new Set(['filling', 'sealant', 'inlay', 'veneer'])
const CROWNED: ReadonlySet<string> = new Set(['crown', 'bridge-abutment', 'bridge-pontic'])

/** @param items newest first */
export function lookOf(fdi: Tooth, presence: Presence, items: readonly ChartItem[]): ToothLook {
  const faces: Partial<Record<Face, FaceLook>> = {}
  let hasCrown = false
  let hasRootFilling = false
  let isPlanned = false
  for (const { state, mark, surfaces } of items.toReversed()) {
    if (state === 'removed') {
      if (mark === 'crown') hasCrown = false
      continue
    }
    if (state === 'planned') {
      if (surfaces.length === 0) isPlanned = true
      for (const surface of surfaces) faces[faceOf(fdi, surface)] = 'planned'
      continue
    }
    if (mark === undefined) continue
    if (CROWNED.has(mark)) hasCrown = true
    if (mark === 'root-filled') hasRootFilling = true
    if (mark === 'sound') for (const face of Object.keys(faces) as Face[]) delete faces[face]
    const look = CARE.has(mark) ? 'care' : TREATED.has(mark) ? 'treated' : undefined
    if (look === undefined) continue
    for (const face of surfaces.length === 0 ? ['middle' as const] : surfaces.map((each) => faceOf(fdi, each))) faces[face] = look
  }
  return { presence, faces, hasCrown, hasRootFilling, isPlanned }
}

/** Where a surface is drawn, the patient facing the reader: mesial is towards the middle, vestibular outwards. */
export function faceOf(fdi: Tooth, surface: string): Face {
  const isUpper = archOf(fdi) === 'upper'
  const isLeftOnScreen = quadrantOf(fdi) === 1 || quadrantOf(fdi) === 4
  switch (surface) {
    case 'V':
    case 'B':
      return isUpper ? 'top' : 'bottom'
    case 'P':
    case 'L':
      return isUpper ? 'bottom' : 'top'
    case 'M':
      return isLeftOnScreen ? 'right' : 'left'
    case 'D':
      return isLeftOnScreen ? 'left' : 'right'
    default:
      return 'middle'
  }
}
