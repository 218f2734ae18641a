/**
 * Invented people. Nobody real is meant: family names are made of two plants or stones, addresses stand in a town that does not exist, and
 * telephone numbers are of the block that France keeps for fiction.
 */
import type { SeededRandom } from './random.ts'

export interface Person {
  readonly number: number
  readonly familyName: string
  readonly givenName: string
  readonly sex: 'F' | 'M'
  readonly bornOn: Temporal.PlainDate
  readonly address: string
  readonly town: string
  readonly telephone: string
  readonly dentist: string
}

export interface Procedure {
  readonly number: number
  readonly patient: number
  readonly on: Temporal.PlainDate
  readonly code: string
  readonly label: string
  readonly tooth: number
  readonly amountCents: number
  readonly note: string
}

const FIRST_HALVES = [
  'Aubépin',
  'Bruyère',
  'Cèdre',
  'Églantier',
  'Fougère',
  'Genêt',
  'Hêtre',
  'Mûrier',
  'Noyer',
  'Orme',
  'Pêcher',
  'Saule',
]
const SECOND_HALVES = ['-Agate', '-Basalte', ' d’Ambre', '-Grès', '-Jaspe', ' de l’Onyx', '-Quartz', ' du Silex', '-Tuffeau']
const WOMEN = ['Zoé', 'Éloïse', 'Anaïs', 'Maëlle', 'Françoise', 'Léa', 'Inès', 'Océane', 'Agnès', 'Hélène']
const MEN = ['Loïc', 'Gaël', 'Athanase', 'Noël', 'Jérôme', 'Rémi', 'Théo', 'Étienne', 'François', 'Joël']
const STREETS = ['rue des Écoles', 'impasse de l’Œillet', 'allée du Bois-Brûlé', 'place de la Forêt', 'quai aux Pêcheurs']
const TOWNS = ['99001 INVENTÉVILLE', '99002 SAINT-EXEMPLE-LÈS-BOIS', '99003 L’ESSAI-SUR-LOIRE']
const DENTISTS = ['Dr EXEMPLE', 'Dr MODÈLE']

const PROCEDURES = [
  { code: 'HBJD001', label: 'Détartrage et polissage des dents', amountCents: 4320 },
  { code: 'HBQK389', label: 'Radiographie intrabuccale rétroalvéolaire', amountCents: 798 },
  { code: 'HBQK002', label: 'Radiographie panoramique dentomaxillaire', amountCents: 2160 },
  { code: 'HBFD008', label: 'Exérèse de la pulpe vivante d’une molaire permanente', amountCents: 8194 },
  { code: 'HBGD035', label: 'Avulsion d’une dent temporaire', amountCents: 2508 },
  { code: 'HBLD038', label: 'Pose d’une couronne dentaire céramométallique', amountCents: 50000 },
] as const

const NOTES = [
  '',
  'Patient prévenu du risque.',
  'Contrôle dans 6 mois.',
  'Sensibilité au froid, à surveiller.',
  'Anesthésie bien tolérée.',
  'RAS',
]

/** Invented patients, numbered from 101. */
export function inventPeople(random: SeededRandom, count: number): Person[] {
  return Array.from({ length: count }, (_, i) => {
    const sex = random.pick(['F', 'M'] as const)
    return {
      number: 101 + i,
      familyName: (random.pick(FIRST_HALVES) + random.pick(SECOND_HALVES)).toLocaleUpperCase('fr'),
      givenName: random.pick(sex === 'F' ? WOMEN : MEN),
      sex,
      bornOn: Temporal.PlainDate.from('1935-01-01').add({ days: random.below(365 * 85) }),
      address: `${random.between(1, 99)} ${random.pick(STREETS)}`,
      town: random.pick(TOWNS),
      telephone: `01 99 00 ${twoDigits(random)} ${twoDigits(random)}`,
      dentist: random.pick(DENTISTS),
    }
  })
}

/** What was done to them, in the order of the days. */
export function inventProcedures(random: SeededRandom, people: readonly Person[], count: number): Procedure[] {
  const days = Array.from({ length: 365 * 11 }, (_, i) => Temporal.PlainDate.from('2015-01-05').add({ days: i }))
  const drawn = Uint32Array.from({ length: count }, () => random.below(days.length)).sort()
  return Array.from(drawn, (day, i) => ({
    number: i + 1,
    patient: random.pick(people).number,
    on: days[day] ?? Temporal.PlainDate.from('2015-01-05'),
    ...random.pick(PROCEDURES),
    tooth: random.between(1, 4) * 10 + random.between(1, 8),
    note: random.pick(NOTES),
  }))
}

/** 31/12/2025, as the French write it. */
export function frenchDay(day: Temporal.PlainDate): string {
  return `${String(day.day).padStart(2, '0')}/${String(day.month).padStart(2, '0')}/${day.year}`
}

function twoDigits(random: SeededRandom): string {
  return String(random.below(100)).padStart(2, '0')
}
