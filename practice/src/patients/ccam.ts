/**
 * CCAM, the classification of medical acts: the shape of its codes, what they say of teeth, and a short list to pick from. Pure.
 *
 * The list is 36 dental codes with labels of the CNAM's CCAM (Licence Ouverte 2.0), put together to try the program with: it is no current
 * edition, and prices stand nowhere in it. Load the current CCAM before billing by it. Any other code is accepted with its label.
 */
import { dentitionOf, type Tooth, toothClassOf } from './fdi.ts'

/** From which edition the labels below were taken; none in particular, since the list is for trying. */
export const CCAM_LIST_VERSION = 'trial'

export const CCAM_FAMILIES = [
  'imaging',
  'prevention',
  'restoration',
  'endodontics',
  'surgery',
  'periodontics',
  'prosthesis',
  'implant',
] as const
export type CcamFamily = (typeof CCAM_FAMILIES)[number]

/** What a code asks of its teeth; absent: it is about no single tooth. */
export interface ToothRule {
  readonly least: number
  readonly most: number
  readonly only?: 'incisor-canine' | 'premolar-molar' | 'molar' | 'deciduous' | 'permanent' | readonly Tooth[]
}

export interface CcamCode {
  readonly code: string
  readonly label: string
  readonly family: CcamFamily
  readonly teeth?: ToothRule
}

// biome-ignore format: a table is read by columns
export const CCAM_LIST: readonly CcamCode[] = [
  { code: 'HBQK001', label: 'Radiographie pelvibuccale [occlusale]', family: 'imaging' },
  { code: 'HBQK002', label: 'Radiographie panoramique dentomaxillaire', family: 'imaging' },
  { code: 'HBQK389', label: 'Radiographie intrabuccale rétroalvéolaire et/ou rétrocoronaire d’un secteur de 1 à 3 dents contigües', family: 'imaging', teeth: { least: 1, most: 3 } },
  { code: 'HBQK191', label: 'Radiographies intrabuccales rétroalvéolaires et/ou rétrocoronaires de 2 secteurs distincts de 1 à 3 dents contigües', family: 'imaging' },
  { code: 'HBQK331', label: 'Radiographies intrabuccales rétroalvéolaires et/ou rétrocoronaires de 3 secteurs distincts de 1 à 3 dents contigües', family: 'imaging' },
  { code: 'LAQK027', label: 'Radiographie volumique par faisceau conique [cone beam computerized tomography, CBCT] du maxillaire, de la mandibule et/ou d’arcade dentaire', family: 'imaging' },
  { code: 'HBJD001', label: 'Détartrage et polissage des dents', family: 'prevention' },
  { code: 'HBBD005', label: 'Comblement [Scellement] prophylactique des puits, sillons et fissures sur 1 dent', family: 'prevention', teeth: { least: 1, most: 1 } },
  { code: 'HBBD006', label: 'Comblement [Scellement] prophylactique des puits, sillons et fissures sur 2 dents', family: 'prevention', teeth: { least: 2, most: 2 } },
  { code: 'HBLD045', label: 'Application de vernis fluoré sur les deux arcades dentaires', family: 'prevention' },
  { code: 'HBMD058', label: 'Restauration d’une dent d’un secteur incisivocanin sur 1 face par matériau inséré en phase plastique, sans ancrage radiculaire', family: 'restoration', teeth: { least: 1, most: 1, only: 'incisor-canine' } },
  { code: 'HBMD050', label: 'Restauration d’une dent d’un secteur incisivocanin sur 2 faces par matériau inséré en phase plastique sans ancrage radiculaire', family: 'restoration', teeth: { least: 1, most: 1, only: 'incisor-canine' } },
  { code: 'HBMD053', label: 'Restauration d’une dent d’un secteur prémolomolaire sur 1 face par matériau inséré en phase plastique, sans ancrage radiculaire', family: 'restoration', teeth: { least: 1, most: 1, only: 'premolar-molar' } },
  { code: 'HBMD049', label: 'Restauration d’une dent d’un secteur prémolomolaire sur 2 faces par matériau inséré en phase plastique sans ancrage radiculaire', family: 'restoration', teeth: { least: 1, most: 1, only: 'premolar-molar' } },
  { code: 'HBMD038', label: 'Restauration d’une dent d’un secteur prémolomolaire sur 3 faces ou plus par matériau inséré en phase plastique sans ancrage radiculaire', family: 'restoration', teeth: { least: 1, most: 1, only: 'premolar-molar' } },
  { code: 'HBMD042', label: 'Restauration d’une dent par matériau inséré en phase plastique avec ancrage radiculaire', family: 'restoration', teeth: { least: 1, most: 1 } },
  { code: 'HBFD006', label: 'Exérèse de la pulpe camérale [Biopulpotomie] d’une dent temporaire', family: 'endodontics', teeth: { least: 1, most: 1, only: 'deciduous' } },
  { code: 'HBFD033', label: 'Exérèse de la pulpe vivante d’une incisive ou d’une canine permanente', family: 'endodontics', teeth: { least: 1, most: 1, only: ['11', '12', '13', '21', '22', '23', '31', '32', '33', '41', '42', '43'] } },
  { code: 'HBFD021', label: 'Exérèse de la pulpe vivante d’une première prémolaire maxillaire', family: 'endodontics', teeth: { least: 1, most: 1, only: ['14', '24'] } },
  { code: 'HBFD008', label: 'Exérèse de la pulpe vivante d’une molaire permanente', family: 'endodontics', teeth: { least: 1, most: 1, only: ['16', '17', '18', '26', '27', '28', '36', '37', '38', '46', '47', '48'] } },
  { code: 'HBGD035', label: 'Avulsion d’1 dent temporaire sur arcade', family: 'surgery', teeth: { least: 1, most: 1, only: 'deciduous' } },
  { code: 'HBGD036', label: 'Avulsion d’1 dent permanente sur arcade sans alvéolectomie', family: 'surgery', teeth: { least: 1, most: 1, only: 'permanent' } },
  { code: 'HBGD022', label: 'Avulsion d’1 dent permanente sur arcade avec alvéolectomie', family: 'surgery', teeth: { least: 1, most: 1, only: 'permanent' } },
  { code: 'HBGD004', label: 'Avulsion d’1 troisième molaire mandibulaire retenue ou à l’état de germe', family: 'surgery', teeth: { least: 1, most: 1, only: ['38', '48'] } },
  { code: 'HBGD018', label: 'Avulsion d’1 troisième molaire maxillaire retenue ou à l’état de germe', family: 'surgery', teeth: { least: 1, most: 1, only: ['18', '28'] } },
  { code: 'HBJB001', label: 'Évacuation d’abcès parodontal', family: 'surgery', teeth: { least: 1, most: 1 } },
  { code: 'HBJA003', label: 'Assainissement parodontal [détartrage-surfaçage radiculaire] [DSR] sur 1 sextant', family: 'periodontics' },
  { code: 'HBFA006', label: 'Gingivectomie sur un secteur de 1 à 3 dents', family: 'periodontics', teeth: { least: 1, most: 3 } },
  { code: 'HBLD634', label: 'Pose d’une couronne dentaire dentoportée céramométallique sur une incisive, une canine ou une première prémolaire', family: 'prosthesis', teeth: { least: 1, most: 1 } },
  { code: 'HBLD491', label: 'Pose d’une couronne dentaire dentoportée céramométallique sur une deuxième prémolaire', family: 'prosthesis', teeth: { least: 1, most: 1 } },
  { code: 'HBLD734', label: 'Pose d’une couronne dentaire dentoportée céramométallique sur une molaire', family: 'prosthesis', teeth: { least: 1, most: 1, only: 'molar' } },
  { code: 'HBLD350', label: 'Pose d’une couronne dentaire dentoportée céramique-monolithique zircone sur une dent autre qu’une molaire', family: 'prosthesis', teeth: { least: 1, most: 1 } },
  { code: 'HBLD073', label: 'Pose d’une couronne dentaire dentoportée céramique-monolithique zircone sur une molaire', family: 'prosthesis', teeth: { least: 1, most: 1, only: 'molar' } },
  { code: 'HBLD418', label: 'Pose d’une couronne dentaire implantoportée', family: 'implant', teeth: { least: 1, most: 1 } },
  { code: 'HBLD031', label: 'Pose d’une prothèse amovible définitive complète unimaxillaire à plaque base résine', family: 'prosthesis' },
  { code: 'HBMD017', label: 'Adjonction ou changement d’1 élément d’une prothèse dentaire amovible', family: 'prosthesis' },
]

const byCode = new Map(CCAM_LIST.map((each) => [each.code, each]))

/** Four letters, three digits. */
export function isCcamCode(text: string): boolean {
  return /^[A-Z]{4}\d{3}$/.test(text)
}

/** The code in our list; undefined where the list does not have it, which says nothing against it. */
export function findCcam(code: string): CcamCode | undefined {
  return byCode.get(code)
}

export const TOOTH_FINDINGS = ['tooth-missing', 'too-many-teeth', 'tooth-does-not-fit'] as const
export type ToothFinding = (typeof TOOTH_FINDINGS)[number]

/** What speaks against an act on these teeth. Empty: nothing, or the code is not in our list. */
export function ccamFindings(code: string, teeth: readonly Tooth[]): readonly ToothFinding[] {
  const rule = findCcam(code)?.teeth
  if (rule === undefined) return []
  const findings: ToothFinding[] = []
  if (teeth.length < rule.least) findings.push('tooth-missing')
  if (teeth.length > rule.most) findings.push('too-many-teeth')
  if (!teeth.every((tooth) => fits(tooth, rule.only))) findings.push('tooth-does-not-fit')
  return findings
}

function fits(tooth: Tooth, only: ToothRule['only']): boolean {
  const toothClass = toothClassOf(tooth)
  switch (only) {
    case undefined:
      return true
    case 'incisor-canine':
      return toothClass === 'incisor' || toothClass === 'canine'
    case 'premolar-molar':
      return toothClass === 'premolar' || toothClass === 'molar'
    case 'molar':
      return toothClass === 'molar'
    case 'deciduous':
    case 'permanent':
      return dentitionOf(tooth) === only
    default:
      return only.includes(tooth)
  }
}
