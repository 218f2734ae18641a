/**
 * Teeth as ISO 3950 (FDI) numbers them: quadrant, then place from the middle. Quadrants 1 to 4 are permanent, 5 to 8 deciduous. Areas of
 * the mouth are two digits with a zero: 00 whole mouth, 01 upper arch, 02 lower arch, 03 to 08 sextants, 10 to 40 quadrants.
 *
 * Pure; for the server, the web pages, exports and imports.
 */

export const PERMANENT_TEETH = [
  ...['18', '17', '16', '15', '14', '13', '12', '11'],
  ...['21', '22', '23', '24', '25', '26', '27', '28'],
  ...['38', '37', '36', '35', '34', '33', '32', '31'],
  ...['41', '42', '43', '44', '45', '46', '47', '48'],
] as const

export const DECIDUOUS_TEETH = [
  ...['55', '54', '53', '52', '51'],
  ...['61', '62', '63', '64', '65'],
  ...['75', '74', '73', '72', '71'],
  ...['81', '82', '83', '84', '85'],
] as const

/** All 52, permanent first, each dentition as one reads it in a mouth: upper right, upper left, lower left, lower right. */
export const TEETH = [...PERMANENT_TEETH, ...DECIDUOUS_TEETH] as const
export type Tooth = (typeof TEETH)[number]

/** Mesial, occlusal, distal, vestibular, lingual, palatal, incisal, buccal (a word for vestibular in many programs). */
export const SURFACES = ['M', 'O', 'D', 'V', 'L', 'P', 'I', 'B'] as const
export type Surface = (typeof SURFACES)[number]

/** Arches, sextants (03 upper right, 04 upper front, 05 upper left, 06 lower left, 07 lower front, 08 lower right), quadrants. */
export const AREAS = ['00', '01', '02', '03', '04', '05', '06', '07', '08', '10', '20', '30', '40'] as const
export type Area = (typeof AREAS)[number]

export type Dentition = 'permanent' | 'deciduous'
export type Arch = 'upper' | 'lower'
export type ToothClass = 'incisor' | 'canine' | 'premolar' | 'molar'

const teeth: ReadonlySet<string> = new Set(TEETH)

/** Whether a text is a tooth's number: `36` is, `39`, `56` and `9` are not. */
export function isTooth(text: string): text is Tooth {
  return teeth.has(text)
}

export function dentitionOf(tooth: Tooth): Dentition {
  return quadrantDigit(tooth) <= 4 ? 'permanent' : 'deciduous'
}

/** 1 upper right, 2 upper left, 3 lower left, 4 lower right, seen from the patient, in both dentitions. */
export function quadrantOf(tooth: Tooth): 1 | 2 | 3 | 4 {
  return (((quadrantDigit(tooth) - 1) % 4) + 1) as 1 | 2 | 3 | 4
}

export function archOf(tooth: Tooth): Arch {
  return quadrantOf(tooth) <= 2 ? 'upper' : 'lower'
}

/** Deciduous teeth have no premolars: 54 and 55 are molars. */
export function toothClassOf(tooth: Tooth): ToothClass {
  const place = placeOf(tooth)
  if (place <= 2) return 'incisor'
  if (place === 3) return 'canine'
  if (dentitionOf(tooth) === 'deciduous') return 'molar'
  return place <= 5 ? 'premolar' : 'molar'
}

/** The sextant in which a tooth stands, `03` to `08`. */
export function sextantOf(tooth: Tooth): Area {
  const isFront = placeOf(tooth) <= 3
  if (archOf(tooth) === 'upper') return isFront ? '04' : quadrantOf(tooth) === 1 ? '03' : '05'
  return isFront ? '07' : quadrantOf(tooth) === 3 ? '06' : '08'
}

/** Whether a tooth lies in an area. */
export function isInArea(tooth: Tooth, area: Area): boolean {
  if (area === '00') return true
  if (area === '01' || area === '02') return (archOf(tooth) === 'upper') === (area === '01')
  return area.endsWith('0') ? quadrantOf(tooth) === Number(area[0]) : sextantOf(tooth) === area
}

/** Whether a tooth has such a surface: front teeth bite with an edge (I), back teeth with a face (O); the palate (P) is above. */
export function hasSurface(tooth: Tooth, surface: Surface): boolean {
  const isFront = placeOf(tooth) <= 3
  if (surface === 'O') return !isFront
  if (surface === 'I') return isFront
  if (surface === 'P') return archOf(tooth) === 'upper'
  return true
}

/** The permanent tooth that takes a deciduous one's place: 54 gives way to 14. Undefined for a permanent one. */
export function successorOf(tooth: Tooth): Tooth | undefined {
  return dentitionOf(tooth) === 'deciduous' ? (`${quadrantOf(tooth)}${placeOf(tooth)}` as Tooth) : undefined
}

function quadrantDigit(tooth: Tooth): number {
  return Number(tooth[0])
}

/** 1 next to the middle, to 8. */
function placeOf(tooth: Tooth): number {
  return Number(tooth[1])
}
